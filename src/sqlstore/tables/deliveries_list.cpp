// DeliveriesTable::list(). Waiting messages are in the order of their lanes, finished ones in the
// order of ids, because sending needs those indexes anyway; another index would slow down every
// message.
#include <algorithm>
#include <charconv>
#include <iterator>

#include "sqlstore/tables/deliveries_rows.h"
#include "sqlstore/tables/outbox_words.h"

namespace updraft::sqlstore {
namespace {

using push::DeliveryState;

constexpr char separator = '\0';  // No name contains it.

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    for (;;) {
        auto const at = text.find(separator);
        parts.emplace_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

std::string join(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (auto const part : parts) {
        if (!text.empty()) text += separator;
        text += part;
    }
    return text;
}

// A part of a list: its items, and the cursors to continue after each of them.
struct Stretch {
    std::vector<push::Delivery> items;
    std::vector<std::string> places;  // The cursor after each item.
};

// The fields of the cursor, if the part `name` of the list wrote it; nothing when there is no
// cursor, or another part wrote it.
std::optional<std::vector<std::string>> resume(PageAsk const& ask, std::string_view name,
                                               std::size_t parts) {
    if (!ask.after) return std::nullopt;
    auto found = split(*ask.after);
    if (found.size() != parts + 1 || found.front() != name) return std::nullopt;
    found.erase(found.begin());
    return found;
}

Result<Stretch> read_stretch(Rows rows, std::string_view name, bool by_app) {
    Stretch stretch;
    for (;;) {
        TRY_ASSIGN(bool const more, rows.next());
        if (!more) return stretch;
        auto delivery = read_delivery(rows);
        stretch.places.push_back(by_app
                                     ? join({name, delivery.appid.value, delivery.webhook_id.value})
                                     : join({name, delivery.webhook_id.value}));
        stretch.items.push_back(std::move(delivery));
    }
}

Result<Stretch> everything(Session& session, PageAsk const& ask, std::int64_t limit) {
    auto const at = resume(ask, "all", 1);
    TRY_ASSIGN(auto rows, session.query("SELECT " UPDRAFT_DELIVERY_COLUMNS
                                        " FROM outbox WHERE webhook_id < $1 "
                                        "ORDER BY webhook_id DESC LIMIT $2",
                                        at ? (*at)[0] : std::string("n"), limit));
    return read_stretch(std::move(rows), "all", false);
}

// A device has few messages, so the state is compared row by row.
Result<Stretch> of_device(Session& session, DeliveryFilter const& filter, PageAsk const& ask,
                          std::int64_t limit) {
    auto const at = resume(ask, "did", 2);
    auto const state = filter.state ? word(*filter.state) : std::string_view("");
    auto rows = [&]() -> Result<Rows> {
        if (filter.appid) {
            return session.query("SELECT " UPDRAFT_DELIVERY_COLUMNS
                                 " FROM outbox WHERE did = $1 AND appid = $2 AND webhook_id < $3 "
                                 "AND ($4 = '' OR state = $4) ORDER BY webhook_id DESC LIMIT $5",
                                 *filter.did, *filter.appid, at ? (*at)[1] : std::string("n"),
                                 state, limit);
        }
        return session.query(
            "SELECT " UPDRAFT_DELIVERY_COLUMNS
            " FROM outbox WHERE did = $1 AND (appid, webhook_id) < ($2, $3) "
            "AND ($4 = '' OR state = $4) ORDER BY appid DESC, webhook_id DESC LIMIT $5",
            *filter.did, at ? (*at)[0] : std::string("~"), at ? (*at)[1] : std::string("n"), state,
            limit);
    }();
    if (!rows) return pass(rows);
    return read_stretch(*std::move(rows), "did", true);
}

Result<Stretch> finished(Session& session, DeliveryFilter const& filter, DeliveryState state,
                         PageAsk const& ask, std::int64_t limit) {
    auto const name = word(state);
    auto const at = resume(ask, name, 2);
    auto rows = [&]() -> Result<Rows> {
        if (filter.appid) {
            return session.query("SELECT " UPDRAFT_DELIVERY_COLUMNS
                                 " FROM outbox WHERE state <> 'pending' AND state = $1 "
                                 "AND appid = $2 AND webhook_id < $3 "
                                 "ORDER BY webhook_id DESC LIMIT $4",
                                 name, *filter.appid, at ? (*at)[1] : std::string("n"), limit);
        }
        return session.query("SELECT " UPDRAFT_DELIVERY_COLUMNS
                             " FROM outbox WHERE state <> 'pending' AND state = $1 "
                             "AND (appid, webhook_id) < ($2, $3) "
                             "ORDER BY appid DESC, webhook_id DESC LIMIT $4",
                             name, at ? (*at)[0] : std::string("~"),
                             at ? (*at)[1] : std::string("n"), limit);
    }();
    if (!rows) return pass(rows);
    return read_stretch(*std::move(rows), name, true);
}

Result<Stretch> waiting(Session& session, DeliveryFilter const& filter, PageAsk const& ask,
                        std::int64_t limit) {
    auto const at = resume(ask, "pending", 4);
    auto const place = at.value_or(std::vector<std::string>{"", "", "", "-1"});
    std::int64_t seq = -1;
    std::from_chars(place[3].data(), place[3].data() + place[3].size(), seq);
    auto rows = [&]() -> Result<Rows> {
        if (filter.appid) {
            return session.query("SELECT " UPDRAFT_DELIVERY_COLUMNS
                                 ", stream, seq FROM outbox WHERE state = 'pending' "
                                 "AND appid = $1 AND (did, stream, seq) > ($2, $3, $4) "
                                 "ORDER BY did, stream, seq LIMIT $5",
                                 *filter.appid, place[1], place[2], seq, limit);
        }
        return session.query("SELECT " UPDRAFT_DELIVERY_COLUMNS
                             ", stream, seq FROM outbox WHERE state = 'pending' "
                             "AND (appid, did, stream, seq) > ($1, $2, $3, $4) "
                             "ORDER BY appid, did, stream, seq LIMIT $5",
                             place[0], place[1], place[2], seq, limit);
    }();
    if (!rows) return pass(rows);
    Stretch stretch;
    for (;;) {
        TRY_ASSIGN(bool const more, rows->next());
        if (!more) return stretch;
        auto delivery = read_delivery(*rows);
        stretch.places.push_back(join({"pending", delivery.appid.value, delivery.did.value,
                                       rows->text(10), std::to_string(rows->number(11))}));
        stretch.items.push_back(std::move(delivery));
    }
}

Result<Stretch> in_state(Session& session, DeliveryFilter const& filter, DeliveryState state,
                         PageAsk const& ask, std::int64_t limit) {
    if (state == DeliveryState::pending) return waiting(session, filter, ask, limit);
    return finished(session, filter, state, ask, limit);
}

// An app's messages of all states, one state after the other.
Result<Stretch> of_app(Session& session, DeliveryFilter const& filter, PageAsk const& ask,
                       std::int64_t limit) {
    static constexpr std::array states{DeliveryState::pending, DeliveryState::dead,
                                       DeliveryState::delivered};
    std::size_t first = 0;
    for (std::size_t i = 0; i < states.size() && ask.after; ++i) {
        if (split(*ask.after).front() == word(states[i])) first = i;
    }
    Stretch all;
    PageAsk here = ask;
    for (std::size_t i = first; i < states.size(); ++i) {
        auto const left = limit - static_cast<std::int64_t>(all.items.size());
        if (left <= 0) break;
        TRY_ASSIGN(auto more, in_state(session, filter, states[i], here, left));
        std::ranges::move(more.items, std::back_inserter(all.items));
        std::ranges::move(more.places, std::back_inserter(all.places));
        here.after.reset();
    }
    return all;
}

}  // namespace

Result<Page<push::Delivery>> DeliveriesRows::list(DeliveryFilter const& filter,
                                                  PageAsk const& ask) const {
    auto const limit = ask.limit + 1;
    auto stretch = [&]() -> Result<Stretch> {
        if (filter.did) return of_device(session_, filter, ask, limit);
        if (filter.state) return in_state(session_, filter, *filter.state, ask, limit);
        if (filter.appid) return of_app(session_, filter, ask, limit);
        return everything(session_, ask, limit);
    }();
    if (!stretch) return pass(stretch);

    Page<push::Delivery> page;
    page.items = std::move(stretch->items);
    if (static_cast<std::int64_t>(page.items.size()) > ask.limit) {
        page.items.resize(static_cast<std::size_t>(ask.limit));
        page.next = page.items.empty() ? std::nullopt
                                       : std::optional(stretch->places[page.items.size() - 1]);
    }
    return page;
}

}  // namespace updraft::sqlstore
