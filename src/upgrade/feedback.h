// What a device says about its upgrade, and what that does to it.
//
// Lives here: reports on a deployment, and answers to a cancellation.
// Not here:   the words of a channel (ddi/wording.h), bytes served (serving.h), a reported version
//             (report_version.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "upgrade/record.h"

namespace updraft::upgrade {

// Reports that change something, for one upgrade; a closing one is always taken.
inline constexpr std::int64_t reports_max = 1'000;

enum class Said : std::uint8_t {
    working,      // Some sign of work.
    trouble,      // Something went wrong, and it goes on.
    downloading,  // It downloads.
    downloaded,   // It has everything.
    succeeded,    // It is done. From here on, each ends the upgrade (or leads to verifying).
    failed,       // It gave up.
    rejected,     // It does not want to.
    called_off,   // It was stopped on the device.
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

// Errc::not_found when the upgrade is another device's, none, or not handed out yet; Errc::gone
// when it has ended; Errc::too_many. The same report again changes nothing.
[[nodiscard]] Result<Upgrade> report(Tx& tx, Means const& means, Did const& did, UpgradeId id,
                                     Report const& said, Instant now);

enum class CancelAnswer : std::uint8_t { noted, agreed, refused };

// Errors as above, and Errc::conflict when the device was not asked to stop.
[[nodiscard]] Result<Upgrade> answer_cancel(Tx& tx, Means const& means, Did const& did,
                                            UpgradeId id, CancelAnswer answer,
                                            std::vector<std::string> const& texts, Instant now);

}  // namespace updraft::upgrade
