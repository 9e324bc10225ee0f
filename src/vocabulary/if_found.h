// Handles the result of a lookup whose object may be absent.
//
// Lives here: turning Errc::not_found into an empty optional, or into an error with a text for
//             people.
//
// Not here:   errors (vocabulary/result.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "vocabulary/result.h"

namespace updraft {

// Nothing instead of Errc::not_found; other errors are unchanged.
template <class T>
[[nodiscard]] Result<std::optional<T>> if_found(Result<T> found) {
    if (found) return std::optional<T>(*std::move(found));
    if (found.error().code == Errc::not_found) return std::optional<T>();
    return pass(found);
}

// The same value. The detail of Errc::not_found becomes "there is no <what> <name>"; the store's
// own text is about rows. Other errors are unchanged.
template <class T>
[[nodiscard]] Result<T> existing(Result<T> found, std::string_view what, std::string_view name) {
    if (found || found.error().code != Errc::not_found) return found;
    return fail(Errc::not_found, std::string("there is no ").append(what).append(" ").append(name));
}

}  // namespace updraft
