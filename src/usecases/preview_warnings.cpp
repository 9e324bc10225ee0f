#include "usecases/preview_warnings.h"

#include <algorithm>
#include <array>
#include <ranges>

#include "audit/record.h"
#include "firmware/looks_older.h"
#include "ports/upgrade_lists_table.h"

namespace updraft::usecases {
namespace {

using upgrade::Cause;

constexpr std::int64_t looked_back_max = 1'000;  // Upgrades of the model.
constexpr std::int64_t ended_min = 20;           // Fewer say nothing about a rate.

// Those that say nothing about the build: the download, and what somebody decided.
constexpr std::array not_the_build{Cause::timeout,   Cause::download_failed, Cause::rejected,
                                   Cause::unbound,   Cause::expired,         Cause::cancelled,
                                   Cause::withdrawn, Cause::skipped};

bool is_of_the_build(upgrade::Upgrade const& failed) {
    auto const is = [&](Cause cause) { return upgrade::word_of(failed.cause) == word(cause); };
    return std::ranges::none_of(not_the_build, is);
}

firmware::Release const* newest_before(firmware::Catalog const& catalog,
                                       firmware::Release const& release) {
    for (auto const& one : std::views::reverse(catalog.releases)) {
        if (&one == &release || &one > &release) continue;
        if (one.state == firmware::ReleaseState::released) return &one;
    }
    return nullptr;
}

}  // namespace

Result<Record> record_of(Tx const& tx, firmware::Release const& release) {
    Record record;
    PageAsk const one{.after = {}, .limit = 1};
    TRY_ASSIGN(auto const done,
               tx.upgrade_lists().list(
                   {.state = upgrade::State::succeeded, .release_id = release.id}, one));
    record.ever_installed = !done.items.empty();
    PageAsk const many{.after = {}, .limit = looked_back_max, .looks = looked_back_max};
    TRY_ASSIGN(auto const recent, tx.upgrade_lists().list({.model = release.model}, many));
    for (auto const& upgrade : recent.items) {
        if (upgrade.state == upgrade::State::succeeded) ++record.succeeded;
        if (upgrade.state == upgrade::State::failed && is_of_the_build(upgrade)) ++record.failed;
    }
    return record;
}

std::optional<std::string> version_warning(firmware::Catalog const& catalog,
                                           firmware::Release const& release) {
    auto const* const newest = newest_before(catalog, release);
    if (newest == nullptr || !firmware::looks_older(release.version, newest->version)) {
        return std::nullopt;
    }
    return "Its version " + release.version.value + " looks older than " + newest->version.value +
           ", which was released before.";
}

std::vector<std::string> warnings_of(RolloutToPreview const& wanted,
                                     firmware::Catalog const& catalog,
                                     firmware::Release const& release, DeviceCount const& count,
                                     Record const& record) {
    std::vector<std::string> warnings;
    if (!record.ever_installed && count.excluded_by(Reason::already_on_version) == 0) {
        warnings.emplace_back("This firmware was never installed on any device.");
    }
    if (catalog.model.success == fleet::SuccessCriterion::report) {
        warnings.emplace_back(
            "Success is only what devices claim: the model's successCriterion is \"report\".");
    }
    if (auto warning = version_warning(catalog, release)) {
        warnings.push_back(*std::move(warning));
    }
    if (wanted.audience.canaries.empty()) {
        warnings.emplace_back("No canaries are named: any device may be the first one.");
    }
    auto const ended = record.succeeded + record.failed;
    if (ended >= ended_min && static_cast<double>(record.failed) * 100 >
                                  wanted.plan.failure_limit_percent * static_cast<double>(ended)) {
        warnings.push_back("Of the model's last " + audit::counted(ended, "upgrade") + ", " +
                           std::to_string(record.failed) +
                           " failed: that is more than failureLimitPercent, so that even a build "
                           "as good as the last ones may be halted.");
    }
    if (count.eligible() > 0 && 2 * count.silent() >= count.eligible()) {
        warnings.push_back(std::to_string(count.silent()) + " of " +
                           audit::counted(count.eligible(), "eligible device") +
                           " are silent: they have not polled for three polling intervals.");
    }
    if (count.never_open() > 0) {
        warnings.push_back("The window and the upgrade hours of the user never meet for " +
                           audit::counted(count.never_open(), "device") + ".");
    }
    return warnings;
}

}  // namespace updraft::usecases
