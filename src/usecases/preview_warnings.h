// What an operator should know before a rollout starts, or after a release.
//
// Lives here: the warnings, as sentences.
//
// Not here:   counting the devices (usecases/preview_devices.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "usecases/preview_devices.h"

namespace updraft::usecases {

// What is read for the warnings, besides the devices.
struct Record {
    bool ever_installed = false;  // An upgrade to the release has succeeded.
    std::int64_t succeeded = 0;   // Of the model's last upgrades,
    std::int64_t failed = 0;      // for reasons that a build can be blamed for.
};
[[nodiscard]] Result<Record> record_of(Tx const& tx, firmware::Release const& release);

// That the version of `release`, one of the catalog's or a draft, looks older than the newest one
// that was released before it; nothing when it does not.
[[nodiscard]] std::optional<std::string> version_warning(firmware::Catalog const& catalog,
                                                         firmware::Release const& release);

[[nodiscard]] std::vector<std::string> warnings_of(RolloutToPreview const& wanted,
                                                   firmware::Catalog const& catalog,
                                                   firmware::Release const& release,
                                                   DeviceCount const& count, Record const& record);

}  // namespace updraft::usecases
