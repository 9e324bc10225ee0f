// Counts devices for the preview of a rollout, one after the other.
//
// Lives here: the reasons of one device, and the waves in which the others come.
//
// Not here:   reading the devices (usecases/preview_rollout.h), warnings
// (usecases/preview_warnings.h).
#pragma once

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "firmware/release.h"
#include "ports/devices_table.h"
#include "usecases/preview_rollout.h"

namespace updraft::usecases {

// Keeps the devices that come first.
class FirstDevices {
public:
    explicit FirstDevices(std::size_t count_max) : count_max_(count_max) {}
    void add(std::int64_t rank, Did const& did);
    // At most `count` of them, without the first `skip`.
    [[nodiscard]] std::vector<Did> sorted(std::size_t skip, std::size_t count) const;

private:
    std::size_t count_max_;
    std::vector<std::pair<std::int64_t, Did>> heap_;  // The last one is at the front.
};

// Used by one thread.
class DeviceCount {
public:
    // `catalog` has the release, also if it is a draft, and no rollouts. All arguments must outlive
    // this object.
    DeviceCount(firmware::Catalog const& catalog, firmware::Release const& release,
                RolloutToPreview const& wanted, upgrade::Means const& means);

    void add(WalkedDevice const& walked, Millis polling, Instant now);

    // Fills in the counts and the waves.
    void write(Preview& preview) const;

    [[nodiscard]] std::int64_t eligible() const { return eligible_; }
    [[nodiscard]] std::int64_t silent() const { return silent_; }
    [[nodiscard]] std::int64_t never_open() const { return never_open_; }
    [[nodiscard]] std::int64_t excluded_by(Reason reason) const {
        return excluded_[static_cast<std::size_t>(reason)];
    }

private:
    // What follows from a version and from the release after which a device is offered others.
    struct OfVersion {
        Reasons reasons;
        std::vector<Version> names;  // Of the release that it runs.
    };
    OfVersion const& of_version(fleet::Device const& device);
    [[nodiscard]] Reasons reasons_of(WalkedDevice const& walked, OfVersion const& runs);
    void add_eligible(WalkedDevice const& walked, std::int64_t rank, Instant now);
    [[nodiscard]] bool ever_meets(WalkedDevice const& walked, Instant now);
    [[nodiscard]] std::int64_t size_of(rollout::Wave const& wave, std::size_t index) const;

    firmware::Catalog const& catalog_;
    firmware::Release const& release_;
    RolloutToPreview const& wanted_;
    upgrade::Means const& means_;
    std::map<std::pair<std::string, std::int64_t>, OfVersion> versions_;
    std::map<std::string, bool> meetings_;  // By hours and zones.
    std::int64_t meant_ = 0;                // Whom the audience does not leave out.
    std::int64_t eligible_ = 0;
    std::int64_t silent_ = 0;      // Of the eligible ones.
    std::int64_t never_open_ = 0;  // Of the eligible ones: window and upgrade hours never meet.
    std::array<std::int64_t, reason_count> excluded_{};
    std::vector<FirstDevices> excluded_first_;
    FirstDevices first_;  // Of the eligible ones.
    // For each wave of the plan that is a share: the eligible devices in it, and the first ones
    // that are in no smaller share.
    std::vector<std::int64_t> in_share_;
    std::vector<FirstDevices> share_first_;
};

}  // namespace updraft::usecases
