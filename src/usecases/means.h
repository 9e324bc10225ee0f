// The references that the use cases need.
//
// Lives here: the references, which app/wiring.cpp fills in.
//
// Not here:   using them (usecases/enroll_devices.h and its neighbours).
#pragma once

#include "push/outbox.h"
#include "upgrade/means.h"

namespace updraft::usecases {

// Everything that it refers to must outlive the server's threads and is safe to use from any of
// them.
struct Means {
    upgrade::Means const& upgrades;
    push::Outbox const& outbox;
};

}  // namespace updraft::usecases
