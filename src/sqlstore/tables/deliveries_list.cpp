// DeliveriesTable::list(). Waiting messages are in the order of their lanes, finished ones in the
// order of ids, because sending needs those indexes anyway; another index would slow down every
// message.
#include "sqlstore/tables/deliveries_rows.h"
#include "sqlstore/tables/outbox_words.h"
#include "sqlstore/tables/pages.h"

#define SELECT_DELIVERIES "SELECT " UPDRAFT_DELIVERY_COLUMNS " FROM outbox WHERE "

namespace updraft::sqlstore {
namespace {

using push::DeliveryState;

// Sort after every id of a message, and after every appid.
constexpr std::string_view after_ids = "n";
constexpr std::string_view after_apps = "~";

// The delivery of the current row; nothing when the filter does not accept it.
Result<std::optional<push::Delivery>> accepted_delivery(DeliveryFilter const& filter,
                                                        Rows const& row) {
    auto one = read_delivery(row);
    auto const fits = (!filter.appid || *filter.appid == one.appid) &&
                      (!filter.did || *filter.did == one.did) &&
                      (!filter.state || *filter.state == one.state) &&
                      (!filter.type || *filter.type == one.type) &&
                      (!filter.since || one.created_at >= *filter.since) &&
                      (!filter.until || one.created_at < *filter.until);
    if (!fits) return std::nullopt;
    return one;
}

// Messages in falling order of id. Ids begin with the time of creation, so `since` and `until` are
// bounds of them: `sql` names the bounds $1 and $2, the limit $3, and the keys.
template <class... Keys>
Stretch in_falling_order(Session& session, std::string_view name, DeliveryFilter const& filter,
                         std::string_view sql, Keys... keys) {
    auto const from = filter.since ? push::first_id_at(*filter.since).value : std::string();
    auto const before =
        filter.until ? push::first_id_at(*filter.until).value : std::string(after_ids);
    Stretch stretch{.name = name};
    stretch.rows = [&session, sql, from, before, keys...](Place const& after, std::int64_t limit) {
        return session.query(sql, text_at(after, 0, before), from, limit, keys...);
    };
    stretch.place = [](Rows const& row) { return Place{std::string(row.text(0))}; };
    return stretch;
}

// Messages by app, and in falling order of id for each app: `sql` names the bounds $1 and $2 of
// both, the limit $3, and the key.
Stretch by_app(Session& session, std::string_view name, std::string_view sql, std::string key) {
    Stretch stretch{.name = name, .values = 2};
    stretch.rows = [&session, sql, key](Place const& after, std::int64_t limit) {
        return session.query(sql, text_at(after, 0, after_apps), text_at(after, 1, after_ids),
                             limit, key);
    };
    stretch.place = [](Rows const& row) {
        return Place{std::string(row.text(1)), std::string(row.text(0))};
    };
    return stretch;
}

Stretch of_device(Session& session, DeliveryFilter const& filter) {
    if (filter.appid) {
        return in_falling_order(session, "did", filter,
                                SELECT_DELIVERIES
                                "did = $4 AND appid = $5 AND webhook_id < $1 "
                                "AND webhook_id >= $2 "
                                "ORDER BY webhook_id DESC LIMIT $3",
                                *filter.did, *filter.appid);
    }
    return by_app(session, "did",
                  SELECT_DELIVERIES
                  "did = $4 AND (appid, webhook_id) < ($1, $2) "
                  "ORDER BY appid DESC, webhook_id DESC LIMIT $3",
                  filter.did->value);
}

Stretch finished(Session& session, DeliveryFilter const& filter, DeliveryState state) {
    if (filter.appid) {
        return in_falling_order(session, word(state), filter,
                                SELECT_DELIVERIES
                                "state <> 'pending' AND state = $4 "
                                "AND appid = $5 AND webhook_id < $1 "
                                "AND webhook_id >= $2 "
                                "ORDER BY webhook_id DESC LIMIT $3",
                                word(state), *filter.appid);
    }
    return by_app(session, word(state),
                  SELECT_DELIVERIES
                  "state <> 'pending' AND state = $4 "
                  "AND (appid, webhook_id) < ($1, $2) "
                  "ORDER BY appid DESC, webhook_id DESC LIMIT $3",
                  std::string(word(state)));
}

Stretch waiting(Session& session, DeliveryFilter const& filter) {
    Stretch stretch{.name = word(DeliveryState::pending), .values = 4};
    stretch.rows = [&session, appid = filter.appid](Place const& after,
                                                    std::int64_t limit) -> Result<Rows> {
        TRY_ASSIGN(auto const seq, number_at(after, 3, -1));
        if (appid) {
            return session.query("SELECT " UPDRAFT_DELIVERY_COLUMNS
                                 ", stream, seq FROM outbox WHERE state = 'pending' "
                                 "AND appid = $1 AND (did, stream, seq) > ($2, $3, $4) "
                                 "ORDER BY did, stream, seq LIMIT $5",
                                 *appid, text_at(after, 1, ""), text_at(after, 2, ""), seq, limit);
        }
        return session.query("SELECT " UPDRAFT_DELIVERY_COLUMNS
                             ", stream, seq FROM outbox WHERE state = 'pending' "
                             "AND (appid, did, stream, seq) > ($1, $2, $3, $4) "
                             "ORDER BY appid, did, stream, seq LIMIT $5",
                             text_at(after, 0, ""), text_at(after, 1, ""), text_at(after, 2, ""),
                             seq, limit);
    };
    stretch.place = [](Rows const& row) {
        return Place{std::string(row.text(1)), std::string(row.text(2)), std::string(row.text(10)),
                     std::to_string(row.number(11))};
    };
    return stretch;
}

// By the most selective field that has an index. A message that tells of a withdrawal is rare.
std::vector<Stretch> delivery_stretches(Session& session, DeliveryFilter const& filter) {
    using enum DeliveryState;
    if (filter.did) return {of_device(session, filter)};
    auto const has_time = filter.since || filter.until;
    if (filter.state && (filter.appid || !has_time || *filter.state != delivered)) {
        return {*filter.state == pending ? waiting(session, filter)
                                         : finished(session, filter, *filter.state)};
    }
    if (filter.appid) {
        return {waiting(session, filter), finished(session, filter, dead),
                finished(session, filter, delivered)};
    }
    if (filter.type == push::MsgType::withdrawn) {
        return {in_falling_order(session, "withdrawn", filter,
                                 SELECT_DELIVERIES "withdrawn = 1 AND webhook_id < $1 "
                                                   "AND webhook_id >= $2 "
                                                   "ORDER BY webhook_id DESC LIMIT $3")};
    }
    return {in_falling_order(session, "all", filter,
                             SELECT_DELIVERIES "webhook_id < $1 AND webhook_id >= $2 "
                                               "ORDER BY webhook_id DESC LIMIT $3")};
}

}  // namespace

Result<Page<push::Delivery>> DeliveriesRows::list(DeliveryFilter const& filter,
                                                  PageAsk const& ask) const {
    auto const stretches = delivery_stretches(session_, filter);
    auto const read = [&](Rows const& row) { return accepted_delivery(filter, row); };
    return page_of_stretches<push::Delivery>(stretches, ask, read);
}

}  // namespace updraft::sqlstore

#undef SELECT_DELIVERIES
