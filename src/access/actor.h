// Who requests an action: an operator, an app, a device, or the server itself.
//
// Lives here: the type, which is an argument of the use cases, and whether the actor has a right.
//
// Not here:   authenticating it (access/identify_operator.h, access/identify.h,
//             access/device_credential.h), recording what it did (audit/record.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "access/role.h"
#include "vocabulary/result.h"

namespace updraft::access {

enum class ActorKind : std::uint8_t { an_operator, an_app, a_device, the_system };

struct Actor {
    ActorKind kind = ActorKind::the_system;
    std::string name;          // An operator's name, an appid or a did; "system" for the system.
    std::string via;           // "api", "console", "cli" or "host"; empty for the system.
    std::string ip;            // The peer's address, without the port; empty for the system.
    std::string request_id;    // As in the log; empty for the system.
    std::string action;        // What is done: the route's operationId, or a word of its own.
    Role role = Role::viewer;  // The most that the credential and its operator allow.
};

// The server itself, which does `action`.
[[nodiscard]] Actor the_server(std::string_view action);

// Errc::forbidden when the actor's role is below `role`. `what` is a part of the request that needs
// the role, such as "force", and begins the detail.
[[nodiscard]] Result<void> needs(Actor const& actor, Role role, std::string_view what);

}  // namespace updraft::access
