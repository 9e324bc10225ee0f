#include "access/actor.h"

namespace updraft::access {

Actor the_server(std::string_view action) {
    Actor actor;
    actor.name = "system";
    actor.action = action;
    return actor;
}

Result<void> needs(Actor const& actor, Role role, std::string_view what) {
    if (actor.role >= role) return {};
    return fail(Errc::forbidden, std::string(what) + " needs the role " + std::string(word(role)));
}

}  // namespace updraft::access
