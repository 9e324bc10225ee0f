// Counts refused calls by which somebody could guess secrets or dids, and slows them down.
//
// Lives here: the doors where callers authenticate, the reasons why they are refused, and the
//             limits of refusals that are answered at once.
//
// Not here:   the counting by key (access/failure_rate.h), the waiting (http/connection.h), which
//             answers are refusals (each edge).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "access/failure_rate.h"
#include "vocabulary/enum_words.h"
#include "vocabulary/ids.h"

namespace updraft::access {

enum class Door : std::uint8_t { open_api, access_token, ddi, admin };
inline constexpr EnumWords<4> door_words{"open_api", "access_token", "ddi", "admin"};

enum class Refused : std::uint8_t {
    missing,  // No credentials, or none that can be read.
    app,      // An Appid with a wrong Appkey, or an unknown or disabled app.
    token,    // A token or code that is not valid.
    expired,  // A token that was valid: counted, but not slowed down.
};
inline constexpr EnumWords<4> refused_words{"missing", "app", "token", "expired"};

// Whose refusals are counted together: the address, or the first 64 bits of an IPv6 address,
// "2001:db8::/64", because one client has as many addresses there as it wants.
[[nodiscard]] std::string failure_key(std::string_view address);

// Safe to use from any thread. Successful calls do not use it.
class Guessing {
public:
    static constexpr std::int64_t refusals_per_minute = 20;      // Of an address.
    static constexpr std::int64_t unknown_dids_per_minute = 60;  // Of an app.

    using Counts = std::array<std::array<std::uint64_t, refused_words.size()>, door_words.size()>;

    // A call from `address` was not authenticated. The time that its answer should wait.
    [[nodiscard]] Millis refused(Door door, Refused reason, std::string_view address, Instant now);
    // An app asked for a device that is not its user's. The time that the answer should wait.
    [[nodiscard]] Millis unknown_did(AppId const& appid, Instant now);

    // Refusals since the start of the process, by door and reason.
    [[nodiscard]] Counts counts() const;
    [[nodiscard]] std::uint64_t unknown_dids() const { return unknown_dids_; }
    // Refusals since the last call, by failure_key().
    [[nodiscard]] std::vector<FailureReport> take_refusals() { return by_address_.take_reports(); }
    // Calls about unknown dids since the last call, by appid.
    [[nodiscard]] std::vector<FailureReport> take_unknown_dids() { return by_app_.take_reports(); }

private:
    std::array<std::array<std::atomic<std::uint64_t>, refused_words.size()>, door_words.size()>
        counts_{};
    std::atomic<std::uint64_t> unknown_dids_ = 0;
    FailureRate by_address_{{.free_per_minute = refusals_per_minute}};
    FailureRate by_app_{{.free_per_minute = unknown_dids_per_minute}};
};

}  // namespace updraft::access
