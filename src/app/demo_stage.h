// What the demo shows: an app, two users, eight devices of three models, two releases.
//
// Lives here: who and what there is, and making it by the admin API, as an operator would.
// Not here:   the server and the fleet (app/demo.cpp), what is printed (app/demo_guide.h).
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
    std::vector<simulator::Member> members;  // Devices that upgrade well.
    std::vector<simulator::Member> unlucky;  // Devices whose upgrades fail.
};

// `trust` is told the app's push secret before its push URL is set, so that the receiver can check
// the very first message.
[[nodiscard]] Result<DemoStage> set_the_stage(cli::Endpoint const& endpoint,
                                              std::string const& push_url,
                                              std::function<void(Secret)> const& trust);

}  // namespace updraft::app
