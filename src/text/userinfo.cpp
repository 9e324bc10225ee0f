#include "text/userinfo.h"

#include <algorithm>

#include "text/percent.h"

namespace updraft::text {
namespace {

constexpr auto none = std::string_view::npos;

bool stays_in_userinfo(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~!$&'()*+,;=:%").find(c) != none;
}

bool every_parameter_has_a_value(std::string_view query) {
    while (!query.empty()) {
        auto const end = std::min(query.find('&'), query.size());
        if (query.substr(0, end).find('=') == none) return false;
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return true;
}

}  // namespace

bool has_encoded_userinfo(std::string_view url) {
    auto const scheme = url.find("://");
    if (scheme != none) url.remove_prefix(scheme + 3);
    if (url.find('#') != none) return false;
    auto const authority = url.substr(0, url.find_first_of("/?"));
    auto const rest = url.substr(authority.size());
    auto const path = rest.substr(0, rest.find('?'));
    if (path.find('@') != none) return false;
    auto const query = rest.substr(path.size());
    if (!query.empty() && !every_parameter_has_a_value(query.substr(1))) return false;
    auto const at = authority.rfind('@');
    if (at == none) return true;
    auto const userinfo = authority.substr(0, at);
    return std::ranges::all_of(userinfo, stays_in_userinfo) &&
           percent_decoded(userinfo).has_value();
}

bool has_password(std::string_view url) {
    auto const scheme = url.find("://");
    if (scheme == none) return false;
    url.remove_prefix(scheme + 3);
    auto const authority = url.substr(0, url.find_first_of("/?#"));
    auto const at = authority.rfind('@');
    auto const colon = authority.find(':');
    if (at != none && colon != none && colon + 1 < at) return true;
    auto const query = url.substr(std::min(url.find('?'), url.size()));
    return query.find("password=") != none;
}

}  // namespace updraft::text
