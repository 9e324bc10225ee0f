#include "access/role.h"

#include <algorithm>
#include <array>

namespace updraft::access {
namespace {

constexpr std::array<std::string_view, 4> role_words = {"viewer", "support", "releaser", "admin"};

}  // namespace

std::string_view word(Role role) { return role_words[static_cast<std::size_t>(role)]; }

std::optional<Role> read_role(std::string_view word) {
    auto const found = std::ranges::find(role_words, word);
    if (found == role_words.end()) return std::nullopt;
    return static_cast<Role>(found - role_words.begin());
}

}  // namespace updraft::access
