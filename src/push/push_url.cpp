#include "push/push_url.h"

#include <algorithm>

#include "text/whole_number.h"
#include "vocabulary/ascii.h"

namespace updraft::push {
namespace {

tl::unexpected<Error> wrong(std::string_view why) {
    return fail(Errc::invalid, "pushUrl " + std::string(why));
}

bool starts_with_word(std::string_view text, std::string_view lower) {
    return same_name(text.substr(0, lower.size()), lower);
}

bool is_port(std::string_view text) {
    return text::read_digits<std::uint16_t>(text).value_or(0) > 0;
}

bool in_host(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
}

Result<void> check_authority(std::string_view authority) {
    if (authority.find('@') != std::string_view::npos) return wrong("must not contain user info");
    std::string_view port;
    bool has_port = false;
    if (authority.starts_with('[')) {
        auto const close = authority.find(']');
        if (close == std::string_view::npos || close < 3) return wrong("has a malformed host");
        auto const literal = authority.substr(1, close - 1);
        if (literal.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos) {
            return wrong("has a malformed host");
        }
        auto const rest = authority.substr(close + 1);
        if (!rest.empty() && rest.front() != ':') return wrong("has a malformed host");
        has_port = !rest.empty();
        if (has_port) port = rest.substr(1);
    } else {
        auto const colon = authority.find(':');
        auto const host = authority.substr(0, colon);
        if (host.empty()) return wrong("has no host");
        if (!std::ranges::all_of(host, in_host)) return wrong("has a malformed host");
        has_port = colon != std::string_view::npos;
        if (has_port) port = authority.substr(colon + 1);
    }
    if (has_port && !is_port(port)) return wrong("has a malformed port");
    return {};
}

}  // namespace

Result<std::string> read_push_url(std::string_view text, PlainHttp plain_http) {
    if (text.empty()) return wrong("must not be empty");
    if (text.size() > push_url_bytes_max) {
        return wrong("is longer than " + std::to_string(push_url_bytes_max) + " bytes");
    }
    for (char const c : text) {
        if (c <= ' ' || c >= '\x7f') {
            return wrong("must be ASCII without white space or control characters");
        }
    }
    if (text.find('\\') != std::string_view::npos) return wrong("must not contain a backslash");
    if (text.find('#') != std::string_view::npos) return wrong("must not contain a fragment");

    std::string_view rest;
    if (starts_with_word(text, "https://")) {
        rest = text.substr(8);
    } else if (plain_http == PlainHttp::allowed && starts_with_word(text, "http://")) {
        rest = text.substr(7);
    } else {
        return wrong(plain_http == PlainHttp::allowed
                         ? "must begin with https:// or http://"
                         : "must begin with https:// ([push] allow_http = true allows http://, "
                           "[push] allow_networks allows addresses that are not public)");
    }
    TRY(check_authority(rest.substr(0, rest.find_first_of("/?"))));
    return std::string(text);
}

}  // namespace updraft::push
