// Who requests an action: an operator, an app, a device, or the server itself.
//
// Lives here: the type, which is an argument of the use cases.
//
// Not here:   authenticating it (access/admin_token.h, access/identify.h,
//             access/device_credential.h).
#pragma once

#include <cstdint>
#include <string>

namespace updraft::access {

enum class ActorKind : std::uint8_t { an_operator, an_app, a_device, the_system };

struct Actor {
    ActorKind kind = ActorKind::the_system;
    std::string name;        // An operator's name, an appid or a did; empty for the system.
    std::string via;         // How the request came: "api".
    std::string ip;          // The peer's address, without the port; empty for the system.
    std::string request_id;  // As in the log; empty for the system.
};

}  // namespace updraft::access
