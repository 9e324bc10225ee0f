// A type for secrets, which keeps them out of logs, and their comparison.
//
// Lives here: a string that cannot be streamed, and a comparison whose time does not depend on
//             where the texts differ.
//
// Not here:   encryption with the key file (access/seal.h).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace updraft {

// Holds a secret. It has no stream operator and no conversion: every use is a call of reveal().
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    [[nodiscard]] std::string const& reveal() const { return value_; }
    [[nodiscard]] bool empty() const { return value_.empty(); }

private:
    std::string value_;
};

// When both texts have the same length, the time does not depend on where they differ.
[[nodiscard]] inline bool same_secret(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    unsigned char volatile differs = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        differs = static_cast<unsigned char>(differs | (a[i] ^ b[i]));
    }
    return differs == 0;
}

}  // namespace updraft
