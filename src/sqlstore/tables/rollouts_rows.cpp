#include "sqlstore/tables/rollouts_rows.h"

#include <algorithm>
#include <array>
#include <limits>

#include "rollout/read_audience.h"
#include "rollout/write_plan.h"
#include "sqlstore/tables/pages.h"
#include "sqlstore/tables/rollout_columns.h"
#include "sqlstore/tables/sequences.h"

#define SELECT_ROLLOUTS "SELECT " UPDRAFT_ROLLOUT_COLUMNS " FROM rollouts r WHERE "

namespace updraft::sqlstore {
namespace {

// Far above the number of rollouts that a server runs at a time.
constexpr std::int64_t to_step_max = 10'000;

// A start is as many parts as a minute has milliseconds, so each millisecond adds `per_minute`.
constexpr std::int64_t parts_of_a_start = 60'000;
// A rate is full again after a shorter time; the limit keeps the product small.
constexpr std::int64_t filling_ms_max = 24 * 60 * 60'000;

Stretch rollout_stretch(Session& session, RolloutFilter const& filter) {
    if (filter.release) {
        return newest_first(session, "release",
                            SELECT_ROLLOUTS
                            "r.release_id = $3 AND r.id < $1 ORDER BY r.id DESC LIMIT $2",
                            *filter.release);
    }
    if (filter.model) {
        return newest_first(session, "model",
                            SELECT_ROLLOUTS
                            "r.model = $3 AND r.id < $1 ORDER BY r.id DESC LIMIT $2",
                            *filter.model);
    }
    if (filter.state) {
        return newest_first(session, "state",
                            SELECT_ROLLOUTS
                            "r.state = $3 AND r.id < $1 ORDER BY r.id DESC LIMIT $2",
                            word(*filter.state));
    }
    return newest_first(session, "all", SELECT_ROLLOUTS "r.id < $1 ORDER BY r.id DESC LIMIT $2");
}

Result<std::optional<rollout::Rollout>> accepted_rollout(RolloutFilter const& filter,
                                                         Rows const& row) {
    TRY_ASSIGN(auto rollout, read_rollout(row));
    if ((filter.release && rollout.release != *filter.release) ||
        (filter.model && rollout.model != *filter.model) ||
        (filter.state && rollout.state != *filter.state)) {
        return std::nullopt;
    }
    return rollout;
}

std::optional<std::string_view> reason_column(rollout::Rollout const& rollout) {
    if (!rollout.reason) return std::nullopt;
    return word_in(rollout::halt_reason_words, *rollout.reason);
}

std::optional<std::int64_t> wave_column(rollout::Rollout const& rollout) {
    if (!rollout.wave) return std::nullopt;
    return static_cast<std::int64_t>(*rollout.wave);
}

}  // namespace

Result<rollout::Rollout> RolloutsRows::find(RolloutId id) const {
    TRY_ASSIGN(auto rows, session_.query(SELECT_ROLLOUTS "r.id = $1", id));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return fail(Errc::not_found, "no such rollout");
    return read_rollout(rows);
}

Result<Page<rollout::Rollout>> RolloutsRows::list(RolloutFilter const& filter,
                                                  PageAsk const& ask) const {
    std::array const stretches{rollout_stretch(session_, filter)};
    auto const read = [&](Rows const& row) { return accepted_rollout(filter, row); };
    return page_of_stretches<rollout::Rollout>(stretches, ask, read);
}

Result<std::optional<rollout::Rollout>> RolloutsRows::open_of(ReleaseId release) const {
    TRY_ASSIGN(auto rows, session_.query(SELECT_ROLLOUTS "r.release_id = $1 AND r.state NOT IN "
                                                         "('stopped', 'finished')",
                                         release));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return std::nullopt;
    TRY_ASSIGN(auto rollout, read_rollout(rows));
    return rollout;
}

Result<std::vector<RolloutId>> RolloutsRows::to_step() const {
    TRY_ASSIGN(auto rows, session_.query("SELECT id FROM rollouts WHERE state NOT IN ('draft', "
                                         "'waiting_approval', 'stopped') AND closed = 0 "
                                         "AND id > 0 ORDER BY id LIMIT $1",
                                         to_step_max));
    return all_of<RolloutId>(
        rows, [](Rows const& row) -> Result<RolloutId> { return row.id<RolloutId>(0); });
}

Result<RolloutId> RolloutsRows::insert(rollout::Rollout const& rollout) {
    TRY_ASSIGN(auto const number, take_numbers(session_, "rollouts"));
    RolloutId const id{number + 1};
    TRY_ASSIGN(
        auto const inserted,
        session_.execute(
            "INSERT INTO rollouts (id, name, release_id, model, mode, audience, plan, state, "
            "reason, wave, waves, audience_count, canary_count, counted_at, epoch, revision, "
            "created_by, edited_by, approved_by, start_at, created_at, started_at, ended_at, "
            "changed_at, closed, swept) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, "
            "$18, $19, $20, $21, $22, $23, $24, $25, 0) ON CONFLICT DO NOTHING",
            id, rollout.name, rollout.release, rollout.model,
            word_in(rollout::mode_words, rollout.mode), rollout::stored_audience(rollout.audience),
            rollout::stored_plan(rollout.plan), word(rollout.state), reason_column(rollout),
            wave_column(rollout), waves_text(rollout.waves), rollout.audience_count,
            rollout.canary_count, rollout.counted_at, rollout.epoch, rollout.revision,
            rollout.created_by, names_text(rollout.edited_by), rollout.approved_by,
            rollout.start_at, rollout.created_at, rollout.started_at, rollout.ended_at,
            rollout.changed_at, rollout.closed));
    if (inserted == 0) {
        return fail(Errc::conflict, "this firmware has a rollout that is not finished or stopped");
    }
    caches_.changed(Cached::catalogs);
    return id;
}

Result<void> RolloutsRows::replace(rollout::Rollout const& rollout) {
    TRY_ASSIGN(
        auto const replaced,
        session_.execute(
            "UPDATE rollouts SET revision = revision + 1, name = $3, mode = $4, audience = $5, "
            "plan = $6, state = $7, reason = $8, wave = $9, waves = $10, audience_count = $11, "
            "canary_count = $12, counted_at = $13, epoch = $14, edited_by = $15, "
            "approved_by = $16, start_at = $17, started_at = $18, ended_at = $19, "
            "changed_at = $20, closed = $21 WHERE id = $1 AND revision = $2",
            rollout.id, rollout.revision, rollout.name, word_in(rollout::mode_words, rollout.mode),
            rollout::stored_audience(rollout.audience), rollout::stored_plan(rollout.plan),
            word(rollout.state), reason_column(rollout), wave_column(rollout),
            waves_text(rollout.waves), rollout.audience_count, rollout.canary_count,
            rollout.counted_at, rollout.epoch, names_text(rollout.edited_by), rollout.approved_by,
            rollout.start_at, rollout.started_at, rollout.ended_at, rollout.changed_at,
            rollout.closed));
    if (replaced == 0) return fail(Errc::busy, "the rollout has changed meanwhile; try again");
    caches_.changed(Cached::catalogs);
    return {};
}

Result<void> RolloutsRows::remove(RolloutId id) {
    TRY(session_.change("DELETE FROM rollout_notes WHERE rollout_id = $1", id));
    TRY_ASSIGN(auto const removed, session_.execute("DELETE FROM rollouts WHERE id = $1", id));
    if (removed == 0) return fail(Errc::not_found, "no such rollout");
    caches_.changed(Cached::catalogs);
    return {};
}

// Without a row nothing was ever taken.
Result<std::int64_t> RolloutsRows::parts_left(RolloutId id, StartRate const& rate,
                                              Instant now) const {
    auto const full = rate.burst * parts_of_a_start;
    TRY_ASSIGN(auto rows, session_.query("SELECT parts, filled_at FROM rollout_rates "
                                         "WHERE rollout_id = $1",
                                         id));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return full;
    auto const passed = std::clamp<std::int64_t>(now.ms - rows.number(1), 0, filling_ms_max);
    return std::min(full, rows.number(0) + passed * rate.per_minute);
}

Result<bool> RolloutsRows::spend(RolloutId id, std::int64_t wanted, StartRate const& rate,
                                 Instant now) {
    TRY_ASSIGN(auto const left, parts_left(id, rate, now));
    auto const rest = left - wanted * parts_of_a_start;
    if (rest < 0) return false;
    TRY(
        session_.change("INSERT INTO rollout_rates (rollout_id, parts, filled_at) "
                        "VALUES ($1, $2, $3) ON CONFLICT (rollout_id) DO UPDATE SET "
                        "parts = excluded.parts, filled_at = excluded.filled_at",
                        id, rest, now));
    return true;
}

Result<std::int64_t> RolloutsRows::starts_left(RolloutId id, StartRate const& rate,
                                               Instant now) const {
    TRY_ASSIGN(auto const left, parts_left(id, rate, now));
    return left / parts_of_a_start;
}

Result<void> RolloutsRows::note(RolloutId id, RolloutNote const& note) {
    std::int64_t last = 0;
    {
        TRY_ASSIGN(auto rows, session_.query("SELECT seq FROM rollout_notes WHERE rollout_id = $1 "
                                             "ORDER BY seq DESC LIMIT 1",
                                             id));
        TRY_ASSIGN(auto const found, rows.next());
        if (found) last = rows.number(0);
    }
    return session_.change(
        "INSERT INTO rollout_notes (rollout_id, seq, at, kind, noted_by, wave, "
        "text) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id, last + 1, note.at, note.kind, note.by, note.wave, note.text);
}

Result<Page<RolloutNote>> RolloutsRows::timeline(RolloutId id, PageAsk const& ask) const {
    std::array const stretches{
        newest_first(session_, "notes",
                     "SELECT seq, at, kind, noted_by, wave, text FROM rollout_notes "
                     "WHERE rollout_id = $3 AND seq < $1 ORDER BY seq DESC LIMIT $2",
                     id)};
    auto const read = [](Rows const& row) -> Result<std::optional<RolloutNote>> {
        return RolloutNote{.at = row.instant(1),
                           .kind = std::string(row.text(2)),
                           .by = std::string(row.text(3)),
                           .wave = row.maybe_number(4),
                           .text = std::string(row.text(5))};
    };
    return page_of_stretches<RolloutNote>(stretches, ask, read);
}

}  // namespace updraft::sqlstore

#undef SELECT_ROLLOUTS
