// The result of a function: a value, or an error that the caller can act on.
//
// Lives here: the error codes of the whole domain, Result, and the macros that return errors.
//
// Not here:   how an error is written in an HTTP answer (openota/reply.h, ddi/reply.h,
//             admin/problem.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace updraft {

// Code branches on the error code only. Every edge has a table from code to its own status.
enum class Errc : std::uint8_t {
    invalid,             // A field is missing or wrong; the detail names it.
    not_found,           // It does not exist, or the caller may not know that it exists.
    conflict,            // The state of the object does not allow this.
    gone,                // It existed and has ended.
    too_large,           // Over a size limit.
    too_many,            // Over a count limit.
    app_unknown,         // Appid and Appkey do not name an enabled app.
    app_forbidden,       // This app may not call the upgrade API.
    token_invalid,       // Access token missing, unknown, revoked, superseded or another app's.
    token_expired,       // Access token was valid once.
    refresh_invalid,     // Refresh token unknown, used or another user's.
    refresh_expired,     // Refresh token was valid once.
    wrong_user,          // The openId given is not the token's user.
    not_bound,           // The device does not exist or belongs to another user.
    nothing_to_upgrade,  // No release is on offer.
    not_upgradable,      // The model was declared not upgradable.
    unauthorized,        // A device or an operator sent no valid credential.
    forbidden,           // The caller is authenticated, but may not do this.
    busy,                // Try again: a limit on work under way is reached.
    unavailable,         // The store cannot be reached or cannot store.
    corrupt,             // Stored bytes are not what they must be.
    internal,            // A bug; the log line says more.
};

struct Error {
    Errc code;
    std::string detail;  // One sentence for people; names the field. Code must not branch on it.
    // Set where `detail` has a text of a library, a host name or a path, which only the log and the
    // terminal of the operator may show: what clients are told instead.
    std::string told{};

    [[nodiscard]] std::string const& for_client() const { return told.empty() ? detail : told; }
    bool operator==(Error const&) const = default;
};

template <class T = void>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Errc code, std::string detail) {
    return tl::unexpected<Error>(Error{code, std::move(detail)});
}

// With what clients are told instead of `detail`.
[[nodiscard]] inline tl::unexpected<Error> fail(Errc code, std::string detail, std::string told) {
    return tl::unexpected<Error>(Error{code, std::move(detail), std::move(told)});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

// The error of a failed result, to be returned by the caller. It is moved out of a result that is
// not const.
template <class T>
[[nodiscard]] tl::unexpected<Error> pass(Result<T>& failed) {
    return tl::unexpected<Error>(std::move(failed).error());
}
template <class T>
[[nodiscard]] tl::unexpected<Error> pass(Result<T> const& failed) {
    return tl::unexpected<Error>(failed.error());
}

}  // namespace updraft

#define UPDRAFT_JOIN2(a, b) a##b
#define UPDRAFT_JOIN(a, b) UPDRAFT_JOIN2(a, b)

// TRY(f()); when f() fails, returns its error from the enclosing function. Not for coroutines.
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

// TRY_ASSIGN(auto device, tx.devices().find(did)); like TRY, and assigns the value.
#define TRY_ASSIGN(target, ...) \
    UPDRAFT_TRY_ASSIGN(UPDRAFT_JOIN(try_slot_, __LINE__), target, __VA_ARGS__)
