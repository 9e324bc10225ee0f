// The surroundings of a use case: a user with devices, a subscribed app, and an operator.
//
// Lives here: the fixture of this suite.
//
// Not here:   the promises.
#pragma once

#include "promises/upgrade/scene.h"
#include "usecases/change_device.h"
#include "usecases/enroll_devices.h"
#include "usecases/remove_device.h"

namespace updraft::usecases {

class CaseScene : public upgrade::Scene {
protected:
    template <class Body>
    auto act(Body body) {
        return write(*store, std::move(body));
    }
    // As Scene::device() makes them: bound to "user".
    static fleet::Enrolment lamp(std::string did) {
        fleet::Enrolment wanted;
        wanted.did = {std::move(did)};
        wanted.name = "lamp";
        wanted.model = {"lamp"};
        wanted.version = {"1.0"};
        wanted.open_id = OpenId{"user"};
        return wanted;
    }
    Result<Enrolled> enroll(fleet::Enrolment const& wanted) {
        return act([&](Tx& tx) -> Result<Enrolled> {
            TRY_ASSIGN(auto all,
                       enroll_devices(tx, use, actor, std::span(&wanted, 1), clock.now()));
            return std::move(all.front());
        });
    }
    Result<fleet::Device> change(fleet::DeviceChange const& wanted) {
        return act([&](Tx& tx) { return change_device(tx, use, actor, wanted, clock.now()); });
    }
    Result<void> remove(std::string const& did) {
        return act([&](Tx& tx) { return remove_device(tx, use, actor, Did{did}, clock.now()); });
    }
    std::size_t results(std::string const& did) {
        return messages(did, push::MsgType::result).size();
    }
    std::size_t offers(std::string const& did) {
        return messages(did, push::MsgType::new_firmware).size();
    }

    Means use{.upgrades = means, .outbox = outbox};
    access::Actor const actor{.kind = access::ActorKind::an_operator,
                              .name = "admin",
                              .via = "api",
                              .ip = "192.0.2.1",
                              .request_id = "r-1"};
};

}  // namespace updraft::usecases
