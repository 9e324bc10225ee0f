#include "usecases/enroll_devices.h"

#include "ports/devices_table.h"
#include "ports/prefetch.h"
#include "usecases/device_consequences.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {
namespace {

// Finds all devices before any is changed: on PostgreSQL this takes one network round trip.
Result<std::vector<std::optional<fleet::Device>>> look_up(Tx const& tx,
                                                          std::span<fleet::Enrolment const> all) {
    for (auto const& wanted : all) tx.prefetch().device(wanted.did);
    std::vector<std::optional<fleet::Device>> known;
    known.reserve(all.size());
    for (auto const& wanted : all) {
        TRY_ASSIGN(known.emplace_back(), if_found(tx.devices().find(wanted.did)));
    }
    return known;
}

Result<Enrolled> enroll_one(Tx& tx, Means const& means, fleet::Enrolment const& wanted,
                            std::optional<fleet::Device> known, Instant now) {
    Enrolled one;
    TRY_ASSIGN(one.became, fleet::enrolled(tx, wanted, std::move(known), now));
    TRY_ASSIGN(one.upgrade_ended, end_upgrade_that_no_longer_fits(tx, means, one.became, now));
    TRY_ASSIGN(one.token, fleet::write_device(tx, means.upgrades.id_source, one.became, now));
    return one;
}

}  // namespace

Result<std::vector<Result<Enrolled>>> enroll_devices(Tx& tx, Means const& means,
                                                     access::Actor const&,
                                                     std::span<fleet::Enrolment const> all,
                                                     Instant now) {
    TRY_ASSIGN(auto known, look_up(tx, all));
    std::vector<Result<Enrolled>> enrolled;
    enrolled.reserve(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto& one = enrolled.emplace_back(enroll_one(tx, means, all[i], std::move(known[i]), now));
        if (!one && one.error().code != Errc::invalid) return pass(one);
    }
    for (auto const& one : enrolled) {
        if (one && one->became.offer_may_be_new()) {
            tx.prefetch().active_upgrade_of(one->became.after.did);
        }
    }
    for (auto const& one : enrolled) {
        if (one) TRY(tell_new_offer(tx, means, one->became, now));
    }
    return enrolled;
}

}  // namespace updraft::usecases
