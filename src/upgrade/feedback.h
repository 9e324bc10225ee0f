// Reports of a device about its upgrade, and their effect.
//
// Lives here: reports on a deployment, and answers to a cancellation.
//
// Not here:   how a channel writes them (ddi/wording.h), served bytes (serving.h), a reported
//             version (report_version.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "upgrade/record.h"

namespace updraft::upgrade {

// Reports of one upgrade that change something. A closing report is accepted also above the limit.
inline constexpr std::int64_t reports_max = 1'000;

enum class Said : std::uint8_t {
    working,      // It is working, in some way.
    trouble,      // There was a problem, but it continues.
    downloading,  // It is downloading.
    downloaded,   // It has downloaded everything.
    succeeded,    // It has finished. This and the following are closing: they end the upgrade, or
                  // start the verification.
    failed,       // It could not install.
    rejected,     // It refused the upgrade.
    called_off,   // The upgrade was stopped on the device.
};
[[nodiscard]] constexpr bool is_closing(Said said) { return said >= Said::succeeded; }

struct Count {
    std::int64_t cnt = 0;
    std::int64_t of = 0;
};

struct Report {
    Said said = Said::working;
    std::optional<Count> count;
    std::vector<std::string> texts;  // Oldest first.
};

// Records a report and answers the upgrade after it. A repeated report that changes no state is
// ignored. Errc::not_found when the upgrade does not exist, is another device's, or was not handed
// out yet; Errc::gone when it has ended; Errc::too_many above reports_max.
[[nodiscard]] Result<Upgrade> report(Tx& tx, Means const& means, Did const& did, UpgradeId id,
                                     Report const& said, Instant now);

enum class CancelAnswer : std::uint8_t { noted, agreed, refused };

// Records the device's answer to a cancellation. Errors as report(), and Errc::conflict when the
// device was not asked to stop.
[[nodiscard]] Result<Upgrade> answer_cancel(Tx& tx, Means const& means, Did const& did,
                                            UpgradeId id, CancelAnswer answer,
                                            std::vector<std::string> const& texts, Instant now);

}  // namespace updraft::upgrade
