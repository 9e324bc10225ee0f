#include "cli/endpoint.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>

#include <memory>
#include <optional>

#include "vocabulary/ascii.h"

namespace updraft::cli {
namespace {

struct FreeUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

struct Parts {
    std::string scheme;
    std::string host;  // An IPv6 address without brackets.
};

std::string part(CURLU* url, CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
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
    return Parts{part(url.get(), CURLUPART_SCHEME), std::move(host)};
}

bool is_loopback_host(std::string const& host) {
    if (same_name(host, "localhost") || same_name(host, "localhost.")) return true;
    in_addr four{};
    if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24U == 127;
    in6_addr six{};
    return ::inet_pton(AF_INET6, host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

}  // namespace

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
