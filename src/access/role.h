// What an operator may do. Each role may do what the roles before it may.
//
// Lives here: the roles, their order and their words.
//
// Not here:   which call needs which role (the route table in admin/routes.cpp), who has which role
//             (access/operator.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace updraft::access {

// In rising order, so that `<` compares rights.
enum class Role : std::uint8_t {
    viewer,    // Reads.
    support,   // Also orders and cancels upgrades, and replays pushes.
    releaser,  // Also changes devices, models and firmware.
    admin,     // Also changes apps, grants and operators.
};

// The role's word in the API and in the store.
[[nodiscard]] std::string_view word(Role role);
[[nodiscard]] std::optional<Role> read_role(std::string_view word);

}  // namespace updraft::access
