// What was looked for and need not be there.
//
// Lives here: from an error that says so to nothing.
// Not here:   errors (vocabulary/result.h).
#pragma once

#include <optional>
#include <utility>

#include "vocabulary/result.h"

namespace updraft {

// Nothing instead of Errc::not_found; other errors stay.
template <class T>
[[nodiscard]] Result<std::optional<T>> if_found(Result<T> found) {
    if (found) return std::optional<T>(*std::move(found));
    if (found.error().code == Errc::not_found) return std::optional<T>();
    return tl::unexpected<Error>(std::move(found).error());
}

}  // namespace updraft
