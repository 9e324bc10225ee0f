#include <algorithm>
#include <array>
#include <iterator>

#include "sqlstore/tables/name_list.h"
#include "sqlstore/tables/pages.h"
#include "sqlstore/tables/rollout_columns.h"
#include "sqlstore/tables/rollouts_rows.h"
#include "sqlstore/tables/upgrade_columns.h"

// A place with its upgrade, its device and the gateway of that.
#define SELECT_PLACE_ROWS                                                                \
    "SELECT " UPDRAFT_UPGRADE_COLUMNS ", " UPDRAFT_PLACE_COLUMNS                         \
    ", u.id, d.did, d.last_seen, g.last_seen "                                           \
    "FROM rollout_places p LEFT JOIN upgrades u ON u.id = p.upgrade_id "                 \
    "LEFT JOIN devices d ON d.did = p.did LEFT JOIN devices g ON g.did = d.gateway_did " \
    "WHERE p.rollout_id = "

namespace updraft::sqlstore {
namespace {

constexpr int first_place_column = upgrade_columns;
constexpr int did_column = first_place_column + 1;
constexpr int hand_out_column_of_place = first_place_column + 12;
constexpr int first_other_column = first_place_column + place_columns;

Result<PlaceRow> read_place_row(Rows const& row) {
    PlaceRow read;
    TRY_ASSIGN(read.place, read_place(row, first_place_column));
    if (!row.is_null(first_other_column)) {
        TRY_ASSIGN(read.upgrade, read_upgrade(row));
    }
    read.device_exists = !row.is_null(first_other_column + 1);
    read.last_seen = row.maybe_instant(first_other_column + 2);
    read.gateway_last_seen = row.maybe_instant(first_other_column + 3);
    return read;
}

Result<std::vector<PlaceRow>> all_place_rows(Result<Rows> rows) {
    if (!rows) return pass(rows);
    return all_of<PlaceRow>(*rows, read_place_row);
}

Result<std::optional<PlaceRow>> accepted_place(PlaceFilter const& filter, Rows const& row) {
    TRY_ASSIGN(auto read, read_place_row(row));
    if ((filter.wave && read.place.wave != *filter.wave) ||
        (filter.judged && read.place.judged != *filter.judged) ||
        (filter.state && (!read.upgrade || read.upgrade->state != *filter.state))) {
        return std::nullopt;
    }
    return read;
}

// Places in order of did: `sql` names the did $1, the limit $2 and the rollout $3.
Stretch by_did(Session& session, std::string_view name, std::string_view sql, RolloutId id) {
    Stretch stretch{.name = name};
    stretch.rows = [&session, sql, id](Place const& after, std::int64_t limit) {
        return session.query(sql, text_at(after, 0, ""), limit, id);
    };
    stretch.place = [](Rows const& row) { return Place{std::string(row.text(did_column))}; };
    return stretch;
}

#define OF_JUDGEMENT(word)                                       \
    SELECT_PLACE_ROWS "$3 AND p.judged = '" word                 \
                      "' AND p.judged <> 'good' AND p.did > $1 " \
                      "ORDER BY p.did LIMIT $2"

// Each judgement has a text of its own, because a database chooses the index, which has a
// condition, before it knows the parameters. Most places are good: they are found among all.
std::string_view places_judged(rollout::Judged judged) {
    switch (judged) {
        case rollout::Judged::unsettled:
            return OF_JUDGEMENT("unsettled");
        case rollout::Judged::failed:
            return OF_JUDGEMENT("failed");
        case rollout::Judged::silent:
            return OF_JUDGEMENT("silent");
        case rollout::Judged::reverted:
            return OF_JUDGEMENT("reverted");
        case rollout::Judged::unreached:
            return OF_JUDGEMENT("unreached");
        case rollout::Judged::neutral:
            return OF_JUDGEMENT("neutral");
        case rollout::Judged::good:
            break;
    }
    return SELECT_PLACE_ROWS "$3 AND p.did > $1 ORDER BY p.did LIMIT $2";
}
#undef OF_JUDGEMENT

constexpr std::string_view those_in_flight =
    SELECT_PLACE_ROWS "$3 AND p.in_flight = 1 AND p.did > $1 ORDER BY p.did LIMIT $2";

Stretch of_wave(Session& session, RolloutId id, std::int64_t wave) {
    Stretch stretch{.name = "wave", .values = 2};
    stretch.rows = [&session, id, wave](Place const& after, std::int64_t limit) -> Result<Rows> {
        TRY_ASSIGN(auto const at, number_at(after, 0, -1));
        return session.query(SELECT_PLACE_ROWS
                             "$3 AND p.wave = $4 AND (p.handed_out_at, p.did) > ($5, $1) "
                             "ORDER BY p.handed_out_at, p.did LIMIT $2",
                             text_at(after, 1, ""), limit, id, wave, at);
    };
    stretch.place = [](Rows const& row) {
        return Place{std::to_string(row.number(hand_out_column_of_place)),
                     std::string(row.text(did_column))};
    };
    return stretch;
}

Stretch place_stretch(Session& session, PlaceFilter const& filter) {
    auto const judged = filter.judged.value_or(rollout::Judged::good);
    if (judged != rollout::Judged::good) {
        return by_did(session, "judged", places_judged(judged), filter.rollout);
    }
    if (filter.state && !is_final(*filter.state)) {
        return by_did(session, "flight", those_in_flight, filter.rollout);
    }
    if (filter.wave) return of_wave(session, filter.rollout, *filter.wave);
    return by_did(session, "did", places_judged(rollout::Judged::good), filter.rollout);
}

}  // namespace

Result<std::vector<PlaceRow>> RolloutsRows::due(RolloutId id, Instant now,
                                                std::int64_t limit) const {
    return all_place_rows(session_.query(
        SELECT_PLACE_ROWS "$1 AND p.check_at <= $2 ORDER BY p.check_at, p.did LIMIT $3", id, now,
        limit));
}

Result<std::optional<Instant>> RolloutsRows::next_check(RolloutId id) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT check_at FROM rollout_places "
                                         "WHERE rollout_id = $1 AND check_at IS NOT NULL "
                                         "ORDER BY check_at, did LIMIT 1",
                                         id));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return std::nullopt;
    return rows.instant(0);
}

// Few of the silent ones speak again, so only of those more than the time is read.
Result<PlaceBatch> RolloutsRows::spoke_again(RolloutId id, Did const& after,
                                             std::int64_t limit) const {
    PlaceBatch batch;
    std::vector<Did> speaking;
    {
        TRY_ASSIGN(auto rows,
                   session_.query("SELECT p.did, p.judged_at, d.last_seen FROM rollout_places p "
                                  "LEFT JOIN devices d ON d.did = p.did WHERE p.rollout_id = $1 "
                                  "AND p.judged = 'silent' AND p.judged <> 'good' AND p.did > $2 "
                                  "ORDER BY p.did LIMIT $3",
                                  id, after, limit));
        std::int64_t looked_at = 0;
        for (;; ++looked_at) {
            TRY_ASSIGN(auto const more, rows.next());
            if (!more) break;
            if (looked_at + 1 == limit) batch.next = rows.name<Did>(0);
            auto const seen = rows.maybe_instant(2);
            if (seen && *seen > rows.maybe_instant(1).value_or(Instant{})) {
                speaking.push_back(rows.name<Did>(0));
            }
        }
    }
    static std::string const sql = SELECT_PLACE_ROWS "$1 AND p.did IN " + name_places(2);
    for (std::span<Did const> rest = speaking; !rest.empty();) {
        std::vector<Param> params{Param(id)};
        take_names(rest, params);
        TRY_ASSIGN(auto rows, all_place_rows(session_.query_params(sql, params)));
        std::ranges::move(rows, std::back_inserter(batch.rows));
    }
    return batch;
}

Result<PlaceBatch> RolloutsRows::in_flight(RolloutId id, Did const& after,
                                           std::int64_t limit) const {
    PlaceBatch batch;
    TRY_ASSIGN(batch.rows, all_place_rows(session_.query(those_in_flight, after, limit, id)));
    if (std::ssize(batch.rows) == limit) batch.next = batch.rows.back().place.did;
    return batch;
}

Result<std::int64_t> RolloutsRows::handed_out_between(RolloutId id, std::int64_t wave,
                                                      Instant after, Instant until) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT COUNT(*) FROM rollout_places "
                                         "WHERE rollout_id = $1 AND wave = $2 "
                                         "AND handed_out_at > $3 AND handed_out_at <= $4",
                                         id, wave, std::max(after, Instant{}), until));
    TRY_ASSIGN(auto const found, rows.next());
    return found ? rows.number(0) : 0;
}

Result<std::optional<Instant>> RolloutsRows::nth_hand_out(RolloutId id, std::int64_t wave,
                                                          Instant after, std::int64_t nth) const {
    TRY_ASSIGN(auto rows,
               session_.query("SELECT handed_out_at FROM rollout_places "
                              "WHERE rollout_id = $1 AND wave = $2 AND handed_out_at > $3 "
                              "ORDER BY handed_out_at, did LIMIT 1 OFFSET $4",
                              id, wave, std::max(after, Instant{}), nth));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return std::nullopt;
    return rows.instant(0);
}

Result<Page<PlaceRow>> RolloutsRows::places(PlaceFilter const& filter, PageAsk const& ask) const {
    std::array const stretches{place_stretch(session_, filter)};
    auto const read = [&](Rows const& row) { return accepted_place(filter, row); };
    return page_of_stretches<PlaceRow>(stretches, ask, read);
}

Result<std::int64_t> RolloutsRows::sweep_places(Instant ended_before, std::int64_t limit) {
    for (;;) {
        std::optional<RolloutId> id;
        {
            TRY_ASSIGN(auto rows,
                       session_.query("SELECT id FROM rollouts WHERE swept < 2 "
                                      "AND ended_at < $1 AND (state = 'stopped' OR closed = 1) "
                                      "ORDER BY ended_at, id LIMIT 1",
                                      ended_before));
            TRY_ASSIGN(auto const found, rows.next());
            if (!found) return 0;
            id = rows.id<RolloutId>(0);
        }
        TRY_ASSIGN(auto const removed,
                   session_.execute("DELETE FROM rollout_places WHERE rollout_id = $1 AND did IN "
                                    "(SELECT p.did FROM rollout_places p WHERE p.rollout_id = $1 "
                                    "ORDER BY p.did LIMIT $2)",
                                    *id, limit));
        auto const swept = removed < limit ? 2 : 1;
        TRY(session_.change("UPDATE rollouts SET swept = $2 WHERE id = $1", *id, swept));
        if (removed > 0) return removed;
    }
}

}  // namespace updraft::sqlstore

#undef SELECT_PLACE_ROWS
