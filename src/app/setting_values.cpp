#include "app/setting_values.h"

#include <arpa/inet.h>

#include <charconv>
#include <limits>
#include <span>
#include <utility>

#include "sqlstore/postgres/options.h"
#include "webpost/public_address.h"

namespace updraft::app {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t times;
};

constexpr auto duration_units = std::to_array<Unit>({
    {"ms", 1},
    {"s", 1000},
    {"m", 60 * 1000},
    {"h", 60 * 60 * 1000},
    {"d", 24 * 60 * 60 * 1000},
});
constexpr auto size_units = std::to_array<Unit>({
    {"B", 1},
    {"KiB", std::int64_t{1} << 10},
    {"MiB", std::int64_t{1} << 20},
    {"GiB", std::int64_t{1} << 30},
    {"TiB", std::int64_t{1} << 40},
});

std::optional<std::int64_t> read_whole(std::string_view digits) {
    std::int64_t number = 0;
    auto const* const end = digits.data() + digits.size();
    auto const [stop, trouble] = std::from_chars(digits.data(), end, number);
    if (digits.empty() || digits.front() == '-' || trouble != std::errc{} || stop != end) {
        return std::nullopt;
    }
    return number;
}

// A whole number and one unit, without a space; nothing when it is anything else or too big.
std::optional<std::int64_t> read_with_unit(std::string_view text, std::span<Unit const> units) {
    auto const digits = text.find_first_not_of("0123456789");
    if (digits == std::string_view::npos) return std::nullopt;
    auto const number = read_whole(text.substr(0, digits));
    if (!number) return std::nullopt;
    for (auto const& unit : units) {
        if (unit.name != text.substr(digits)) continue;
        if (*number > std::numeric_limits<std::int64_t>::max() / unit.times) return std::nullopt;
        return *number * unit.times;
    }
    return std::nullopt;
}

// Bits of an address literal: 32, 128, or nothing when it is none.
std::optional<int> address_bits(std::string const& address) {
    std::array<unsigned char, sizeof(in6_addr)> raw{};
    if (inet_pton(AF_INET, address.c_str(), raw.data()) == 1) return 32;
    if (inet_pton(AF_INET6, address.c_str(), raw.data()) == 1) return 128;
    return std::nullopt;
}

std::optional<std::uint16_t> read_port(std::string_view digits) {
    auto const number = read_whole(digits);
    if (!number || digits.size() > 5 || *number > 65535) return std::nullopt;
    return static_cast<std::uint16_t>(*number);
}

// Two digits of a clock, from `at`.
std::optional<int> two_digits(std::string_view text, std::size_t at, int most) {
    auto const number = read_whole(text.substr(at, 2));
    if (!number || *number > most) return std::nullopt;
    return static_cast<int>(*number);
}

template <class T, std::size_t n>
Result<T> choose(std::string_view text,
                 std::array<std::pair<std::string_view, T>, n> const& words) {
    std::string expected;
    for (auto const& [word, value] : words) {
        if (word == text) return value;
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
    auto const ms = read_with_unit(text, duration_units);
    // A hundred years: more is a slip of the hand, and sums with the time of day stay in range.
    if (!ms || *ms > std::int64_t{36'525} * 24 * 60 * 60 * 1000) {
        return fail(Errc::invalid,
                    "must be a duration such as \"200ms\", \"5s\", \"10m\", \"24h\" or \"7d\"");
    }
    return Millis{*ms};
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
    auto const bits = address_bits(address);
    if (!port || !bits || bracketed != (*bits == 128)) return expected;
    return Endpoint{.address = std::move(address), .port = *port};
}

Result<Network> read_network(std::string_view text) {
    auto const slash = text.find('/');
    auto const bits = address_bits(std::string(text.substr(0, slash)));
    auto const prefix = slash == std::string_view::npos ? std::optional<std::int64_t>(0)
                                                        : read_whole(text.substr(slash + 1));
    if (!bits || !prefix || *prefix > *bits) {
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

Result<std::chrono::minutes> read_offset(std::string_view text) {
    auto const expected =
        fail(Errc::invalid, "must be an offset from UTC such as \"+08:00\" or \"-03:30\"");
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return expected;
    auto const hours = two_digits(text, 1, 14);
    auto const minutes = two_digits(text, 4, 59);
    if (!hours || !minutes || (*hours == 14 && *minutes != 0)) return expected;
    auto const offset = std::chrono::minutes{*hours * 60 + *minutes};
    return text[0] == '-' ? -offset : offset;
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
    return choose(text, std::to_array<std::pair<std::string_view, Durability>>(
                            {{"power", Durability::power}, {"process", Durability::process}}));
}

Result<LogLevel> read_log_level(std::string_view text) {
    return choose(text, std::to_array<std::pair<std::string_view, LogLevel>>({
                            {"debug", LogLevel::debug},
                            {"info", LogLevel::info},
                            {"warn", LogLevel::warn},
                            {"error", LogLevel::error},
                            {"off", LogLevel::off},
                        }));
}

Result<LogFormat> read_log_format(std::string_view text) {
    return choose(text, std::to_array<std::pair<std::string_view, LogFormat>>(
                            {{"text", LogFormat::text}, {"json", LogFormat::json}}));
}

}  // namespace updraft::app
