// A body of application/x-www-form-urlencoded, as /access_token takes it.
//
// Lives here: names and values, each name once.
// Not here:   what they mean (openota/access_token.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vocabulary/result.h"

namespace updraft::openota {

// Errc::invalid for broken percent-encoding and for a name that comes twice (RFC 6749, 3.2).
class Form {
public:
    [[nodiscard]] static Result<Form> read(std::string_view body);

    // Nothing when absent or empty (RFC 6749, 3.2: an empty one counts as omitted).
    [[nodiscard]] std::optional<std::string> value(std::string_view name) const;

private:
    std::vector<std::pair<std::string, std::string>> pairs_;
};

inline constexpr std::size_t form_pairs_max = 100;

}  // namespace updraft::openota
