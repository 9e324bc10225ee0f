#include "http/client_address.h"

#include "vocabulary/ascii.h"

namespace updraft::http {
namespace {

// "192.0.2.1:80", "[2001:db8::1]:80" and "[2001:db8::1]" without port and brackets.
std::string_view bare_address(std::string_view element) {
    if (element.starts_with('[')) {
        auto const end = element.find(']');
        return end == std::string_view::npos ? std::string_view{} : element.substr(1, end - 1);
    }
    auto const colon = element.find(':');
    bool const has_port = colon != std::string_view::npos && element.rfind(':') == colon;
    return has_port ? element.substr(0, colon) : element;
}

}  // namespace

std::string_view client_address(std::string_view peer, std::span<Field const> fields,
                                Networks const& trusted_proxies) {
    auto client = peer;
    for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
        if (!same_name(field->name, "X-Forwarded-For")) continue;
        auto rest = field->value;
        while (!rest.empty()) {
            auto const comma = rest.rfind(',');
            auto const from = comma == std::string_view::npos ? 0 : comma + 1;
            auto const address = bare_address(trimmed(rest.substr(from)));
            if (!text::Address::read(address)) return client;
            client = address;
            if (!trusted_proxies.contain(address)) return client;
            rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(0, comma);
        }
    }
    return client;
}

}  // namespace updraft::http
