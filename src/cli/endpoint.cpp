#include "cli/endpoint.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>

#include <cstdlib>
#include <memory>
#include <optional>

#include "vocabulary/ascii.h"
#include "vocabulary/secret_file.h"

namespace updraft::cli {
namespace {

struct FreeUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

struct Parts {
    std::string scheme;
    std::string host;  // An IPv6 address without brackets.
    std::string rest;  // Port, user, password, path and query.
};

std::string part(CURLU* url, CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(url, which, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
    std::string const copy(text);
    curl_free(text);
    return copy;
}

// libcurl's own reading of the URL, as the call will use it: it makes 127.1 to 127.0.0.1, for
// example.
std::optional<Parts> parts_of(std::string const& text) {
    std::unique_ptr<CURLU, FreeUrl> const url(curl_url());
    if (!url) return std::nullopt;
    auto const read = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_GUESS_SCHEME);
    if (read != CURLUE_OK) return std::nullopt;
    auto host = part(url.get(), CURLUPART_HOST);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    std::string rest;
    for (auto const which :
         {CURLUPART_PORT, CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_PATH, CURLUPART_QUERY}) {
        rest += part(url.get(), which) + "\n";
    }
    return Parts{part(url.get(), CURLUPART_SCHEME), std::move(host), std::move(rest)};
}

bool is_loopback_host(std::string const& host) {
    // libcurl takes every name below localhost for this machine, without asking a name server.
    constexpr std::string_view name = "localhost";
    auto rest = std::string_view(host);
    if (rest.ends_with('.')) rest.remove_suffix(1);
    if (rest.size() >= name.size() && same_name(rest.substr(rest.size() - name.size()), name)) {
        rest.remove_suffix(name.size());
        return rest.empty() || rest.ends_with('.');
    }
    in_addr four{};
    if (::inet_pton(AF_INET, host.c_str(), &four) == 1) {
        return ntohl(four.s_addr) >> 24U == 127 || four.s_addr == INADDR_ANY;
    }
    in6_addr six{};
    if (::inet_pton(AF_INET6, host.c_str(), &six) != 1) return false;
    if (IN6_IS_ADDR_V4MAPPED(&six)) return six.s6_addr[12] == 127;
    return IN6_IS_ADDR_LOOPBACK(&six) || IN6_IS_ADDR_UNSPECIFIED(&six);
}

constexpr std::string_view blanks = " \t\r\n";

std::string variable(char const* name) {
    auto const* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

Result<Secret> one_word(std::string_view text, std::string const& where) {
    auto const word = trimmed(text, blanks);
    if (word.empty() || word.find_first_of(blanks) != std::string_view::npos) {
        return fail(Errc::invalid, where + " must be one word");
    }
    return Secret(std::string(word));
}

Result<Secret> token_in_file(std::string const& path) {
    if (trimmed(path, blanks).empty()) return fail(Errc::invalid, "the token file has no name");
    TRY_ASSIGN(auto const content, read_secret_file(path));
    if (!content) return fail(Errc::invalid, path + ", the token file, is missing");
    return one_word(content->reveal(), path + ", the token file,");
}

}  // namespace

Result<Secret> read_token(TokenFlags const& given, std::string const& standard_file) {
    if (given.token && given.token_file) {
        return fail(Errc::invalid, "give either --token or --token-file, not both");
    }
    if (given.token) return one_word(*given.token, "the admin token");
    if (given.token_file) return token_in_file(*given.token_file);
    auto const token = variable("UPDRAFT_ADMIN_TOKEN");
    auto const file = variable("UPDRAFT_ADMIN_TOKEN_FILE");
    if (!token.empty() && !file.empty()) {
        return fail(Errc::invalid,
                    "UPDRAFT_ADMIN_TOKEN and UPDRAFT_ADMIN_TOKEN_FILE are both set: which one is "
                    "meant?");
    }
    if (!token.empty()) return one_word(token, "UPDRAFT_ADMIN_TOKEN");
    if (!file.empty()) return token_in_file(file);
    TRY_ASSIGN(auto const standard, read_secret_file(standard_file));
    if (!standard) return Secret();
    return one_word(standard->reveal(), standard_file);
}

std::string server_url(std::string_view given) {
    auto url = trimmed(given, blanks);
    while (url.ends_with('/')) url.remove_suffix(1);
    return std::string(url);
}

bool same_server(std::string const& a, std::string const& b) {
    auto const one = parts_of(a);
    auto const other = parts_of(b);
    return one && other && same_name(one->scheme, other->scheme) &&
           same_name(one->host, other->host) && one->rest == other->rest;
}

bool is_loopback(std::string const& url) {
    auto const parts = parts_of(url);
    return parts && is_loopback_host(parts->host);
}

Result<void> may_take_token(Endpoint const& endpoint) {
    auto const parts = parts_of(endpoint.url);
    if (!parts) return fail(Errc::invalid, endpoint.url + " is no URL of a server");
    if (endpoint.token.empty() || endpoint.insecure_http) return {};
    if (parts->scheme == "https" || is_loopback_host(parts->host)) return {};
    return fail(Errc::forbidden,
                "the token is not sent over " + parts->scheme + ":// to " + parts->host +
                    ", where others can read it: use https://, or give --insecure-http");
}

}  // namespace updraft::cli
