#include "sqlstore/tables/openings_rows.h"

#define OPENING_COLUMNS "order_id, open_id, appid, step, after_did, created_at, moved_at"

namespace updraft::sqlstore {
namespace {

using upgrade::StepMode;

Result<std::optional<Opening>> one_opening(Result<Rows> rows) {
    if (!rows) return pass(rows);
    TRY_ASSIGN(auto const found, rows->next());
    if (!found) return std::nullopt;
    return Opening{.order_id = rows->name<OrderId>(0),
                   .open_id = rows->name<OpenId>(1),
                   .appid = rows->maybe_name<AppId>(2),
                   .step_mode = rows->number(3) == 0 ? StepMode::next_step : StepMode::all_steps,
                   .after = rows->name<Did>(4),
                   .created_at = rows->instant(5),
                   .moved_at = rows->instant(6)};
}

}  // namespace

Result<std::optional<Opening>> OpeningsRows::find(OrderId const& order_id) const {
    return one_opening(
        session_.query("SELECT " OPENING_COLUMNS " FROM openings WHERE order_id = $1", order_id));
}

Result<std::optional<Opening>> OpeningsRows::of_user(OpenId const& open_id) const {
    return one_opening(
        session_.query("SELECT " OPENING_COLUMNS " FROM openings WHERE open_id = $1", open_id));
}

Result<std::optional<Opening>> OpeningsRows::stalled(Instant moved_before) const {
    return one_opening(session_.query("SELECT " OPENING_COLUMNS " FROM openings "
                                      "WHERE moved_at <= $1 ORDER BY moved_at, order_id LIMIT 1",
                                      moved_before));
}

Result<void> OpeningsRows::begin(Opening const& opening) {
    TRY(session_.change("INSERT INTO openings (" OPENING_COLUMNS ") "
                        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
                        opening.order_id, opening.open_id, opening.appid,
                        upgrade::first_step(opening.step_mode), opening.after, opening.created_at,
                        opening.moved_at));
    return {};
}

Result<void> OpeningsRows::advance(OrderId const& order_id, Did const& after, Instant now) {
    TRY(session_.change("UPDATE openings SET after_did = $2, moved_at = $3 WHERE order_id = $1",
                        order_id, after, now));
    return {};
}

Result<void> OpeningsRows::end(OrderId const& order_id) {
    TRY(session_.change("DELETE FROM openings WHERE order_id = $1", order_id));
    return {};
}

}  // namespace updraft::sqlstore
