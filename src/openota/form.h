// Reads a body of application/x-www-form-urlencoded, for /access_token.
//
// Lives here: names and values, each name once.
//
// Not here:   what they mean (openota/access_token.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vocabulary/result.h"

namespace updraft::openota {

// Not changed after read(), so it may be used by any thread.
class Form {
public:
    // Errc::invalid for wrong percent-encoding, for a name that occurs twice (RFC 6749, 3.2), and
    // for more than form_pairs_max pairs.
    [[nodiscard]] static Result<Form> read(std::string_view body);

    // Nothing when the name is absent or its value is empty (RFC 6749, 3.2: counts as omitted).
    [[nodiscard]] std::optional<std::string> value(std::string_view name) const;

private:
    std::vector<std::pair<std::string, std::string>> pairs_;
};

inline constexpr std::size_t form_pairs_max = 100;

// Decodes one name or value of a form: '+' is a blank. Nothing for wrong percent-encoding.
[[nodiscard]] std::optional<std::string> form_decoded(std::string_view text);

}  // namespace updraft::openota
