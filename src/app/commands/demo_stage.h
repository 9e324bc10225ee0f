// What the demo sets up: an app, two users, eight devices of three models, two releases, and a
// rollout to sixteen meters.
//
// Lives here: their names and fields, and the calls of the admin API that make them.
//
// Not here:   the server and the fleet (app/commands/demo.cpp), what is printed
//             (app/commands/demo_guide.h).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/client.h"
#include "simulator/device.h"
#include "vocabulary/result.h"

namespace updraft::app {

struct DemoUser {
    std::string open_id;
    std::string access_token;
};

struct DemoStage {
    std::string appid;
    std::string appkey;
    std::vector<DemoUser> users;             // Alice, then Bob.
    std::vector<simulator::Member> members;  // Devices whose upgrades succeed.
    std::vector<simulator::Member> unlucky;  // Devices whose upgrades fail.
    std::string rollout_id;
};

// Calls `trust` with the app's push secret before it sets the push URL, so that the receiver can
// check the first message.
[[nodiscard]] Result<DemoStage> set_the_stage(cli::Endpoint const& endpoint,
                                              std::string const& push_url,
                                              std::function<void(Secret)> const& trust);

}  // namespace updraft::app
