// The kinds of value that a setting can have, and how each is written.
//
// Lives here: reading durations, sizes, addresses, networks and offsets from text.
//
// Not here:   which setting is of which kind (app/settings/settings_keys.h).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/enum_words.h"
#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft::app {

// An address and a port to listen on. The address is a literal; "localhost" was made 127.0.0.1.
struct Endpoint {
    std::string address;
    std::uint16_t port{};

    bool operator==(Endpoint const&) const = default;
    // "127.0.0.1:8080", "[::1]:8080".
    [[nodiscard]] std::string written() const;
};

// A network as it was written, "10.0.0.0/8"; checked. With a port if a port is allowed and given.
struct Network {
    std::string written;

    bool operator==(Network const&) const = default;
};

enum class StoreKind : std::uint8_t { sqlite, postgresql };
struct StoreUrl {
    StoreKind kind = StoreKind::sqlite;
    std::string where;  // A path, or the whole postgresql:// URL. Empty: the default.

    bool operator==(StoreUrl const&) const = default;
};

// What a commit survives: a loss of power, or the end of the process.
enum class Durability : std::uint8_t { power, process };
enum class LogLevel : std::uint8_t { debug, info, warn, error, off };
enum class LogFormat : std::uint8_t { text, json };

// Their names in a configuration, each list in the order of its enumeration.
inline constexpr EnumWords<2> durability_words{"power", "process"};
inline constexpr EnumWords<5> log_level_words{"debug", "info", "warn", "error", "off"};
inline constexpr EnumWords<2> log_format_words{"text", "json"};

// Each answers Errc::invalid with what was expected; the caller adds the place of the text.
[[nodiscard]] Result<Millis> read_duration(std::string_view text);    // "200ms" … "7d"
[[nodiscard]] Result<std::int64_t> read_size(std::string_view text);  // "64KiB", "1GiB", "10B"
[[nodiscard]] Result<Endpoint> read_endpoint(std::string_view text);  // "127.0.0.1:8080"
[[nodiscard]] Result<Network> read_network(std::string_view text);    // "10.0.0.0/8", "::1"
[[nodiscard]] Result<Network> read_network_with_port(std::string_view text);  // "10.0.0.0/8:443"
[[nodiscard]] Result<std::string> read_offset(std::string_view text);         // "+08:00"
// An offset or an IANA name; Errc::unavailable when the system has no zone database.
[[nodiscard]] Result<std::string> read_time_zone(std::string_view text);
[[nodiscard]] Result<std::chrono::seconds> read_clock_time(std::string_view text);  // "00:05:00"
[[nodiscard]] Result<std::string> read_header_name(std::string_view text);  // "X-Forwarded-User"
[[nodiscard]] Result<StoreUrl> read_store_url(std::string_view text);       // "sqlite:/x/y.db"
[[nodiscard]] Result<Durability> read_durability(std::string_view text);
[[nodiscard]] Result<LogLevel> read_log_level(std::string_view text);
[[nodiscard]] Result<LogFormat> read_log_format(std::string_view text);

}  // namespace updraft::app
