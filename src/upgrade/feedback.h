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

// Reports of one upgrade that change something, and the bytes of text in them. A closing report is
// accepted also above these limits; when it changes no state then, nothing is recorded.
inline constexpr std::int64_t reports_max = 1'000;
inline constexpr std::int64_t report_bytes_max = 256 * 1024;

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
// out yet; Errc::gone when it has ended; Errc::too_many above reports_max or report_bytes_max.
// None of this costs more when the upgrade has many reports.
[[nodiscard]] Result<Upgrade> report(Tx& tx, Means const& means, Did const& did, UpgradeId id,
                                     Report const& said, Instant now);

// What report() would do: true when it would record something, false when it would change nothing,
// otherwise its error. For reports that are probably refused (may_refuse()): a refusal must not
// cost a write transaction.
[[nodiscard]] Result<bool> would_record(Tx const& tx, Means const& means, Did const& did,
                                        UpgradeId id, Report const& said, Instant now);

// True when reports on that upgrade may be refused or change nothing: it does not exist, is another
// device's, has ended, or has used up nearly all that reports_max and report_bytes_max allow. Reads
// one row.
[[nodiscard]] Result<bool> may_refuse(Tx const& tx, Did const& did, UpgradeId id);

enum class CancelAnswer : std::uint8_t { noted, agreed, refused };

// Records the device's answer to a cancellation. Errors as report(), and Errc::conflict when the
// device was not asked to stop.
[[nodiscard]] Result<Upgrade> answer_cancel(Tx& tx, Means const& means, Did const& did,
                                            UpgradeId id, CancelAnswer answer,
                                            std::vector<std::string> const& texts, Instant now);

// As would_record(), for answer_cancel().
[[nodiscard]] Result<bool> would_record_answer(Tx const& tx, Did const& did, UpgradeId id,
                                               CancelAnswer answer,
                                               std::vector<std::string> const& texts);

}  // namespace updraft::upgrade
