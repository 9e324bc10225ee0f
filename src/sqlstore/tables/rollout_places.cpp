#include <map>
#include <utility>

#include "sqlstore/tables/pages.h"
#include "sqlstore/tables/rollout_columns.h"
#include "sqlstore/tables/rollouts_rows.h"

#define SELECT_PLACES "SELECT " UPDRAFT_PLACE_COLUMNS " FROM rollout_places p WHERE "

// True of a row that counts in the sums as the place that the parameters $1 to $9 describe.
#define COUNTS_SO                                                                \
    "rollout_id = $1 AND did = $2 AND epoch = $3 AND wave = $4 AND canary = $5 " \
    "AND in_flight = $6 AND handed_out_at = $7 AND judged = $8 AND aligned = $9"

namespace updraft::sqlstore {
namespace {

constexpr std::int64_t places_of_device_max = 1'000;

// The column is 0 while it is not handed out.
std::int64_t hand_out_column(rollout::Place const& place) {
    return place.handed_out_at ? place.handed_out_at->ms : 0;
}

std::string_view judged_column(rollout::Place const& place) {
    return word_in(rollout::judged_words, place.judged);
}

Error changed_meanwhile() {
    return {Errc::busy, "the place in the rollout has changed meanwhile; try again"};
}

Result<rollout::WaveTally> read_tally(Rows const& row) {
    return rollout::WaveTally{.epoch = row.number(0),
                              .wave = row.number(1),
                              .tally = {.taken = row.number(2),
                                        .canaries = row.number(3),
                                        .handed_out = row.number(4),
                                        .in_flight = row.number(5),
                                        .good = row.number(6),
                                        .failed = row.number(7),
                                        .silent = row.number(8),
                                        .reverted = row.number(9),
                                        .unreached = row.number(10),
                                        .neutral = row.number(11),
                                        .aligned_bad = row.number(12),
                                        .aligned_unreached = row.number(13)}};
}

}  // namespace

Result<std::vector<rollout::WaveTally>> RolloutsRows::tallies(RolloutId id) const {
    TRY_ASSIGN(auto rows,
               session_.query("SELECT epoch, wave, taken, canaries, handed_out, in_flight, good, "
                              "failed, silent, reverted, unreached, neutral, aligned_bad, "
                              "aligned_unreached FROM rollout_tallies WHERE rollout_id = $1 "
                              "ORDER BY epoch, wave",
                              id));
    TRY_ASSIGN(auto tallies, all_of<rollout::WaveTally>(rows, read_tally));
    std::erase_if(tallies,
                  [](rollout::WaveTally const& one) { return one.tally == rollout::Tally{}; });
    return tallies;
}

Result<std::vector<rollout::WaveTally>> RolloutsRows::recount(RolloutId id) const {
    std::map<std::pair<std::int64_t, std::int64_t>, rollout::Tally> sums;
    TRY_ASSIGN(auto rows, session_.query(SELECT_PLACES "p.rollout_id = $1 ORDER BY p.did", id));
    for (;;) {
        TRY_ASSIGN(auto const more, rows.next());
        if (!more) break;
        TRY_ASSIGN(auto const place, read_place(rows));
        sums[{place.epoch, place.wave}] += tally_of(place);
    }
    std::vector<rollout::WaveTally> found;
    for (auto const& [key, tally] : sums) {
        found.push_back({.epoch = key.first, .wave = key.second, .tally = tally});
    }
    return found;
}

Result<std::optional<rollout::Place>> RolloutsRows::place(RolloutId id, Did const& did) const {
    TRY_ASSIGN(auto rows,
               session_.query(SELECT_PLACES "p.rollout_id = $1 AND p.did = $2", id, did));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return std::nullopt;
    TRY_ASSIGN(auto place, read_place(rows));
    return place;
}

Result<std::vector<rollout::Place>> RolloutsRows::places_of(Did const& did) const {
    TRY_ASSIGN(auto rows,
               session_.query(SELECT_PLACES "p.did = $1 ORDER BY p.rollout_id DESC LIMIT $2", did,
                              places_of_device_max));
    return all_of<rollout::Place>(rows, [](Rows const& row) { return read_place(row); });
}

Result<bool> RolloutsRows::has_relative(rollout::Place const& place) const {
    {
        TRY_ASSIGN(auto rows, session_.query("SELECT did FROM rollout_places WHERE rollout_id = $1 "
                                             "AND family = $2 AND one_each = 1 AND did <> $3 "
                                             "AND judged <> 'neutral' ORDER BY did LIMIT 1",
                                             place.rollout, place.family, place.did));
        TRY_ASSIGN(auto const found, rows.next());
        if (found || !place.open_id) return found;
    }
    TRY_ASSIGN(auto rows, session_.query("SELECT did FROM rollout_places WHERE rollout_id = $1 "
                                         "AND open_id = $2 AND one_each = 1 AND did <> $3 "
                                         "AND judged <> 'neutral' ORDER BY did LIMIT 1",
                                         place.rollout, *place.open_id, place.did));
    return rows.next();
}

Result<void> RolloutsRows::take(rollout::Place const& place) {
    TRY(session_.change_or(
        {Errc::conflict, "the device has a place in the rollout"},
        "INSERT INTO rollout_places (rollout_id, did, wave, epoch, one_each, open_id, family, "
        "canary, upgrade_id, in_flight, tries, taken_at, handed_out_at, succeeded_at, judged, "
        "judged_at, aligned, check_at, retry_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
        "$11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT (did, rollout_id) DO NOTHING",
        place.rollout, place.did, place.wave, place.epoch, place.one_each, place.open_id,
        place.family, place.canary, place.upgrade, place.in_flight, place.tries, place.taken_at,
        hand_out_column(place), place.succeeded_at, judged_column(place), place.judged_at,
        place.aligned, place.check_at, place.retry_at));
    return add(place, tally_of(place));
}

Result<void> RolloutsRows::move(rollout::Place const& before, rollout::Place const& after) {
    TRY(session_.change_or(
        changed_meanwhile(),
        "UPDATE rollout_places SET epoch = $10, wave = $11, canary = $12, in_flight = $13, "
        "handed_out_at = $14, judged = $15, aligned = $16, one_each = $17, open_id = $18, "
        "family = $19, upgrade_id = $20, tries = $21, taken_at = $22, succeeded_at = $23, "
        "judged_at = $24, check_at = $25, retry_at = $26 WHERE " COUNTS_SO,
        before.rollout, before.did, before.epoch, before.wave, before.canary, before.in_flight,
        hand_out_column(before), judged_column(before), before.aligned, after.epoch, after.wave,
        after.canary, after.in_flight, hand_out_column(after), judged_column(after), after.aligned,
        after.one_each, after.open_id, after.family, after.upgrade, after.tries, after.taken_at,
        after.succeeded_at, after.judged_at, after.check_at, after.retry_at));
    auto delta = tally_of(after);
    if (before.epoch == after.epoch && before.wave == after.wave) {
        delta -= tally_of(before);
        return add(after, delta);
    }
    rollout::Tally gone;
    gone -= tally_of(before);
    TRY(add(before, gone));
    return add(after, delta);
}

Result<void> RolloutsRows::give_back(rollout::Place const& place) {
    TRY(session_.change_or(changed_meanwhile(), "DELETE FROM rollout_places WHERE " COUNTS_SO,
                           place.rollout, place.did, place.epoch, place.wave, place.canary,
                           place.in_flight, hand_out_column(place), judged_column(place),
                           place.aligned));
    rollout::Tally gone;
    gone -= tally_of(place);
    return add(place, gone);
}

Result<void> RolloutsRows::add(rollout::Place const& place, rollout::Tally const& delta) {
    if (delta == rollout::Tally{}) return {};
    return session_.change(
        "INSERT INTO rollout_tallies (rollout_id, epoch, wave, taken, canaries, handed_out, "
        "in_flight, good, failed, silent, reverted, unreached, neutral, aligned_bad, "
        "aligned_unreached) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) "
        "ON CONFLICT (rollout_id, epoch, wave) DO UPDATE SET "
        "taken = rollout_tallies.taken + excluded.taken, "
        "canaries = rollout_tallies.canaries + excluded.canaries, "
        "handed_out = rollout_tallies.handed_out + excluded.handed_out, "
        "in_flight = rollout_tallies.in_flight + excluded.in_flight, "
        "good = rollout_tallies.good + excluded.good, "
        "failed = rollout_tallies.failed + excluded.failed, "
        "silent = rollout_tallies.silent + excluded.silent, "
        "reverted = rollout_tallies.reverted + excluded.reverted, "
        "unreached = rollout_tallies.unreached + excluded.unreached, "
        "neutral = rollout_tallies.neutral + excluded.neutral, "
        "aligned_bad = rollout_tallies.aligned_bad + excluded.aligned_bad, "
        "aligned_unreached = rollout_tallies.aligned_unreached + excluded.aligned_unreached",
        place.rollout, place.epoch, place.wave, delta.taken, delta.canaries, delta.handed_out,
        delta.in_flight, delta.good, delta.failed, delta.silent, delta.reverted, delta.unreached,
        delta.neutral, delta.aligned_bad, delta.aligned_unreached);
}

}  // namespace updraft::sqlstore

#undef COUNTS_SO
#undef SELECT_PLACES
