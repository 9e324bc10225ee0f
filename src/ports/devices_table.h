// Rows of devices.
//
// Lives here: the interface that the domain uses.
// Not here:   the type (fleet/device.h), the SQL (sqlstore/tables/devices_rows.cpp).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fleet/device.h"
#include "policy/policy.h"
#include "vocabulary/page.h"
#include "vocabulary/result.h"

namespace updraft {

struct DeviceFilter {
    std::optional<ModelName> model = {};
    std::optional<OpenId> open_id = {};
    std::optional<Did> gateway_did = {};
    std::optional<Version> version = {};
    std::optional<std::string> tag = {};
    std::string did_prefix = {};
    std::optional<bool> active = {};  // Whether it has an active upgrade.
    // A further condition, which may be empty. Asked last; it may read tables.
    std::function<Result<bool>(fleet::Device const&)> also = {};
};

// The fields of a device in a long list, as views. Valid only during the call.
struct DeviceGlimpse {
    std::string_view did;
    std::string_view name;
    std::string_view model;
    std::string_view version;
    std::optional<ReleaseId> offers_after;
    std::string_view tags;  // Separated by blanks.
    Instant created_at;
};
// True: go on with the next device.
using LookAtDevice = std::function<Result<bool>(DeviceGlimpse const&)>;

// A walk over the devices of a model.
struct ModelWalk {
    ModelName model;
    Did after;                                 // In order of did, after this one,
    std::int64_t limit = 10'000;               // at most so many.
    std::vector<std::string> attributes = {};  // Keys of the attributes that are read as well.
    bool policies = false;                     // Whether policies of their users are read as well.
};
// A device in such a walk. Valid only during the call.
struct WalkedDevice {
    fleet::Device device;          // Without its name and its token_digest.
    fleet::Attributes attributes;  // Those of the wanted keys that it has.
    policy::OfUser policies;       // Of its user, and the device's own, when they are wanted.
};
// True: go on with the next device.
using LookAtWalked = std::function<Result<bool>(WalkedDevice const&)>;

class DevicesTable {
public:
    virtual ~DevicesTable() = default;

    // Errc::not_found when there is none.
    [[nodiscard]] virtual Result<fleet::Device> find(Did const& did) const = 0;
    // Those of the devices that exist, in no promised order.
    [[nodiscard]] virtual Result<std::vector<fleet::Device>> find_many(
        std::span<Did const> dids) const = 0;
    [[nodiscard]] virtual Result<fleet::Attributes> attributes(Did const& did) const = 0;
    // In order of did; with a version and neither a model, a beginning of the did, nor another
    // field that has an index: by model, then did. One field of the filter is looked up in an
    // index; the others are compared row by row.
    [[nodiscard]] virtual Result<Page<fleet::Device>> list(DeviceFilter const& filter,
                                                           PageAsk const& ask) const = 0;
    // Calls `look` for a user's devices after `after`, in order of did, at most `limit` and until
    // it answers false; answers their number. An error of `look` ends the call and is returned.
    [[nodiscard]] virtual Result<std::int64_t> of_user(OpenId const& open_id, Did const& after,
                                                       std::int64_t limit,
                                                       LookAtDevice const& look) const = 0;

    // Calls `look` for the devices of a model, in order of did, until it answers false; answers
    // their number. An error of `look` ends the call and is returned. Each 10,000 devices take
    // tens of milliseconds: read them in one transaction each.
    [[nodiscard]] virtual Result<std::int64_t> of_model(ModelWalk const& walk,
                                                        LookAtWalked const& look) const = 0;

    // True when the gateway has a sub-device.
    [[nodiscard]] virtual Result<bool> has_sub_devices(Did const& gateway) const = 0;

    virtual Result<void> insert(fleet::Device const& device) = 0;
    // Replaces everything but did, created_at, last_seen, tags and attributes.
    virtual Result<void> replace(fleet::Device const& device) = 0;
    virtual Result<void> remove(Did const& did) = 0;
    virtual Result<void> set_attributes(Did const& did, fleet::Attributes const& attributes) = 0;
    // Replaces the tags. Errc::not_found.
    virtual Result<void> set_tags(Did const& did, std::vector<std::string> const& tags) = 0;
    // Sets attributes_wanted. An unknown did is ignored.
    virtual Result<void> want_attributes(Did const& did) = 0;
    // Sets last_seen of many devices at once; unknown dids are ignored.
    virtual Result<void> seen(std::span<std::pair<Did, Instant> const> signs) = 0;
};

}  // namespace updraft
