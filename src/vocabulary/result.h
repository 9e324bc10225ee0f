// What a verb answers: a value, or an error that the caller can act on.
//
// Lives here: the error codes of the whole domain, Result, and the two words for passing errors up.
// Not here:   what an error looks like on a wire (openota/reply, ddi/wording, admin/problem).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace updraft {

// Machines branch on the code. Every edge holds a table from code to its own status.
enum class Errc : std::uint8_t {
    invalid,             // A field is missing or wrong; the detail names it.
    not_found,           // No such thing, or none that the caller may know of.
    conflict,            // The thing is not in a state that allows this.
    gone,                // It was here and has ended for good.
    too_large,           // Over a size limit.
    too_many,            // Over a count limit.
    app_unknown,         // Appid and Appkey do not name an enabled app.
    app_forbidden,       // This app may not call the upgrade API.
    token_invalid,       // Access token missing, unknown, revoked, superseded or another app's.
    token_expired,       // Access token was right once.
    refresh_invalid,     // Refresh token unknown, used or another user's.
    refresh_expired,     // Refresh token was right once.
    wrong_user,          // The openId given is not the token's user.
    not_bound,           // The device does not exist or belongs to another user.
    nothing_to_upgrade,  // No release is on offer.
    not_upgradable,      // The model was declared not upgradable.
    unauthorized,        // A device or an operator did not prove who it is.
    busy,                // Try again: a limit on work under way is reached.
    unavailable,         // The store cannot be reached or cannot store.
    corrupt,             // Stored bytes are not what they must be.
    internal,            // A bug; the log line says more.
};

struct Error {
    Errc code;
    std::string detail;  // For people: one sentence that names the field. Never branched on.

    bool operator==(Error const&) const = default;
};

template <class T = void>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Errc code, std::string detail) {
    return tl::unexpected<Error>(Error{code, std::move(detail)});
}

// Passes an error on that came from somewhere else.
template <class T>
[[nodiscard]] tl::unexpected<Error> pass(Result<T>& failed) {
    return tl::unexpected<Error>(std::move(failed).error());
}

}  // namespace updraft

#define UPDRAFT_JOIN2(a, b) a##b
#define UPDRAFT_JOIN(a, b) UPDRAFT_JOIN2(a, b)

// TRY(f()); returns f's error, if it has one, from the enclosing function (not from a coroutine).
#define TRY(...)                                                                    \
    do {                                                                            \
        if (auto try_result = (__VA_ARGS__); !try_result) {                         \
            return tl::unexpected<::updraft::Error>(std::move(try_result).error()); \
        }                                                                           \
    } while (false)

#define UPDRAFT_TRY_ASSIGN(slot, target, ...)                                    \
    auto slot = (__VA_ARGS__);                                                   \
    if (!slot) return tl::unexpected<::updraft::Error>(std::move(slot).error()); \
    target = *std::move(slot)

// TRY_ASSIGN(auto device, tx.devices().find(did)); the same, and keeps the value.
#define TRY_ASSIGN(target, ...) \
    UPDRAFT_TRY_ASSIGN(UPDRAFT_JOIN(try_slot_, __LINE__), target, __VA_ARGS__)
