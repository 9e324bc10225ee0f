// A device, as the offers of its model see it.
//
// Lives here: the type, and reading what the rollouts of the model ask for beyond the device's row.
//
// Not here:   which releases it can be given (firmware/eligibility.h).
#pragma once

#include <optional>

#include "firmware/release.h"
#include "fleet/device.h"
#include "ports/store.h"

namespace updraft::firmware {

// The device must outlive this.
struct Candidate {
    // For a model without rollouts, which ask for nothing else.
    Candidate(fleet::Device const& one) : device(&one) {}

    fleet::Device const* device;
    fleet::Attributes attributes = {};  // Empty when no audience asks for attributes.
    // The release to which a rollout is upgrading it, where that matters.
    std::optional<ReleaseId> placed_in = {};
};

// True when an audience of one of these rollouts asks for attributes of devices.
[[nodiscard]] bool asks_for_attributes(Catalog const& catalog);

// True when one of these rollouts asks whether a device holds a place.
[[nodiscard]] bool asks_for_places(Catalog const& catalog);

// Reads nothing where no rollout of the catalog, which is that of the device's model, asks for
// anything.
[[nodiscard]] Result<Candidate> candidate(Tx const& tx, Catalog const& catalog,
                                          fleet::Device const& device);

}  // namespace updraft::firmware
