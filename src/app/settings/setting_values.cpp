#include "app/settings/setting_values.h"

#include <limits>
#include <span>
#include <utility>

#include "app/process/system_time_zones.h"
#include "policy/hours.h"
#include "sqlstore/postgres/options.h"
#include "text/duration.h"
#include "text/network.h"
#include "text/time_zone.h"
#include "text/whole_number.h"
#include "webpost/public_address.h"

namespace updraft::app {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t times;
};

constexpr auto size_units = std::to_array<Unit>({
    {"B", 1},
    {"KiB", std::int64_t{1} << 10},
    {"MiB", std::int64_t{1} << 20},
    {"GiB", std::int64_t{1} << 30},
    {"TiB", std::int64_t{1} << 40},
});

// A whole number and one unit, without a space; nothing when it is anything else or too big.
std::optional<std::int64_t> read_with_unit(std::string_view text, std::span<Unit const> units) {
    auto const digits = text.find_first_not_of("0123456789");
    if (digits == std::string_view::npos) return std::nullopt;
    auto const number = text::read_digits(text.substr(0, digits));
    if (!number) return std::nullopt;
    for (auto const& unit : units) {
        if (unit.name != text.substr(digits)) continue;
        if (*number > std::numeric_limits<std::int64_t>::max() / unit.times) return std::nullopt;
        return *number * unit.times;
    }
    return std::nullopt;
}

std::optional<std::uint16_t> read_port(std::string_view digits) {
    if (digits.size() > 5) return std::nullopt;
    return text::read_digits<std::uint16_t>(digits);
}

// Two digits of a clock, from `at`.
std::optional<int> two_digits(std::string_view text, std::size_t at, int most) {
    auto const number = text::digits_at(text, at, 2);
    if (!number || *number > most) return std::nullopt;
    return number;
}

template <class Enum, std::size_t count>
Result<Enum> choose(std::string_view text, EnumWords<count> const& words) {
    if (auto const value = value_in<Enum>(words, text)) return *value;
    std::string expected;
    for (auto const word : words) {
        expected += (expected.empty() ? "\"" : ", \"") + std::string(word) + "\"";
    }
    return fail(Errc::invalid, "must be one of " + expected);
}

}  // namespace

std::string Endpoint::written() const {
    auto const host = address.find(':') == std::string::npos ? address : "[" + address + "]";
    return host + ":" + std::to_string(port);
}

Result<Millis> read_duration(std::string_view text) {
    auto const length = text::read_duration(text);
    if (!length) {
        return fail(Errc::invalid,
                    "must be a duration such as \"200ms\", \"5s\", \"10m\", \"24h\" or \"7d\"");
    }
    return *length;
}

Result<std::int64_t> read_size(std::string_view text) {
    auto const bytes = read_with_unit(text, size_units);
    if (!bytes) {
        return fail(Errc::invalid, "must be a size such as \"64KiB\", \"10MiB\" or \"1GiB\"");
    }
    return *bytes;
}

Result<Endpoint> read_endpoint(std::string_view text) {
    auto const expected = fail(Errc::invalid,
                               "must be ADDRESS:PORT such as \"127.0.0.1:8080\" or "
                               "\"[::1]:8080\", the address a literal");
    auto const colon = text.rfind(':');
    if (colon == std::string_view::npos) return expected;
    auto const port = read_port(text.substr(colon + 1));
    auto address = std::string(text.substr(0, colon));
    auto const bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
    if (bracketed) address = address.substr(1, address.size() - 2);
    if (address == "localhost") address = "127.0.0.1";
    auto const has_colons = address.find(':') != std::string::npos;
    if (!port || !text::Address::read(address) || bracketed != has_colons) return expected;
    return Endpoint{.address = std::move(address), .port = *port};
}

Result<Network> read_network(std::string_view text) {
    if (!text::read_network(text)) {
        return fail(Errc::invalid,
                    "must be an address or a network such as \"10.0.0.0/8\" or \"fd00::/8\"");
    }
    return Network{std::string(text)};
}

Result<Network> read_network_with_port(std::string_view text) {
    if (!webpost::read_network(text)) {
        return fail(Errc::invalid,
                    "must be a network, or a network and a port, such as \"10.0.0.0/8\" or "
                    "\"127.0.0.1/32:9000\"");
    }
    return Network{std::string(text)};
}

Result<std::string> read_offset(std::string_view text) {
    if (!text::read_utc_offset(text, std::chrono::hours{14})) {
        return fail(Errc::invalid, "must be an offset from UTC such as \"+08:00\" or \"-03:30\"");
    }
    return std::string(text);
}

Result<std::string> read_time_zone(std::string_view text) {
    TRY(SystemTimeZones::check());
    if (policy::is_time_zone(text, system_time_zones())) return std::string(text);
    return fail(Errc::invalid,
                "must be an IANA time zone such as \"Europe/Berlin\", or an offset from UTC such "
                "as \"+08:00\" or \"-03:30\"");
}

Result<std::string> read_header_name(std::string_view text) {
    auto const wrong = text.find_first_not_of(
        "abcdefghijklmnopqrstuvwxyz"
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        "0123456789-_");
    if (!text.empty() && wrong == std::string_view::npos) return std::string(text);
    return fail(Errc::invalid, "must be the name of a header, such as \"X-Forwarded-User\"");
}

Result<std::chrono::seconds> read_clock_time(std::string_view text) {
    auto const expected = fail(Errc::invalid, "must be HH:MM:SS from \"00:00:01\" to \"23:59:59\"");
    if (text.size() != 8 || text[2] != ':' || text[5] != ':') return expected;
    auto const hours = two_digits(text, 0, 23);
    auto const minutes = two_digits(text, 3, 59);
    auto const seconds = two_digits(text, 6, 59);
    if (!hours || !minutes || !seconds) return expected;
    auto const all = std::chrono::seconds{*hours * 3600 + *minutes * 60 + *seconds};
    if (all.count() == 0) return expected;
    return all;
}

Result<StoreUrl> read_store_url(std::string_view text) {
    constexpr std::string_view sqlite = "sqlite:";
    if (text.starts_with(sqlite) && text.size() > sqlite.size()) {
        return StoreUrl{.kind = StoreKind::sqlite,
                        .where = std::string(text.substr(sqlite.size()))};
    }
    if (text.starts_with("postgresql://") || text.starts_with("postgres://")) {
        TRY(sqlstore::check_postgres_url(std::string(text)));
        return StoreUrl{.kind = StoreKind::postgresql, .where = std::string(text)};
    }
    return fail(Errc::invalid, "must be sqlite:PATH or postgresql://…");
}

Result<Durability> read_durability(std::string_view text) {
    return choose<Durability>(text, durability_words);
}

Result<LogLevel> read_log_level(std::string_view text) {
    return choose<LogLevel>(text, log_level_words);
}

Result<LogFormat> read_log_format(std::string_view text) {
    return choose<LogFormat>(text, log_format_words);
}

}  // namespace updraft::app
