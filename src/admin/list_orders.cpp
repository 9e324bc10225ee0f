// GET /orders and GET /orders/{orderId}.
#include <algorithm>

#include "admin/answer.h"
#include "admin/problem.h"
#include "admin/show_order.h"
#include "admin/upgrades.h"
#include "http/on_store.h"
#include "ports/orders_table.h"

namespace updraft::admin {
namespace {

// In lists, the upgrades of larger orders are not counted.
constexpr std::int64_t counted_upgrades_max = 1'000;
// Rows that one transaction looks at for a single order.
constexpr std::int64_t tally_part_rows = 5'000;

bool is_large(OrderRow const& order) { return order.upgrades.value_or(0) > counted_upgrades_max; }

// The page of `ask`, with the upgrades counted. It ends before an order whose upgrades are too many
// for the rows that it may still look at; the first order is shown in any case.
Result<Page<ShownOrder>> counted_page(Tx const& tx, PageAsk const& ask) {
    TRY_ASSIGN(auto found, tx.orders().list(ask));
    Page<ShownOrder> page;
    page.looked = std::ssize(found.items);
    for (auto& order : found.items) {
        ShownOrder shown{.order = std::move(order), .tally = {}};
        if (!is_large(shown.order)) {
            auto const left = std::max<std::int64_t>(1, ask.looks - page.looked);
            TRY_ASSIGN(auto tally, tx.orders().tally(shown.order, {}, left));
            page.looked += tally.looked;
            if (tally.next && !page.items.empty()) {
                page.next = page.items.back().order.order_id.value;
                return page;
            }
            std::int64_t upgrades = 0;
            for (auto const& [state, count] : tally.states) upgrades += count;
            if (!tally.next && upgrades <= counted_upgrades_max) shown.tally = std::move(tally);
        }
        page.items.push_back(std::move(shown));
    }
    page.next = std::move(found.next);
    return page;
}

Result<ShownOrder> with_first_part(Tx const& tx, OrderId const& order_id) {
    TRY_ASSIGN(auto found, tx.orders().find(order_id));
    if (!found) return fail(Errc::not_found, "there is no order " + order_id.value);
    TRY_ASSIGN(auto tally, tx.orders().tally(*found, {}, tally_part_rows));
    return ShownOrder{.order = *std::move(found), .tally = std::move(tally)};
}

}  // namespace

asio::awaitable<Reply> list_orders(Context& context, Request const& request) {
    auto ask = read_page_ask(request, "orders");
    if (!ask) co_return failure(context, request, ask.error());
    auto list = [ask = *std::move(ask)](Tx const& tx) { return counted_page(tx, ask); };
    auto const page = co_await http::on_store(context.store, std::move(list));
    if (!page) co_return failure(context, request, page.error());
    co_return page_reply(request, *page, "orders", write_order);
}

// A large order is counted in several transactions, so that others are not kept waiting.
asio::awaitable<Reply> show_order(Context& context, Request const& request) {
    auto first = [id = OrderId{request.params[0]}](Tx const& tx) {
        return with_first_part(tx, id);
    };
    auto shown = co_await http::on_store(context.store, std::move(first));
    if (!shown) co_return failure(context, request, shown.error());
    while (shown->tally->next) {
        auto more = [order = shown->order, after = *shown->tally->next](Tx const& tx) {
            return tx.orders().tally(order, after, tally_part_rows);
        };
        auto const part = co_await http::on_store(context.store, std::move(more));
        if (!part) co_return failure(context, request, part.error());
        shown->tally->add(*part);
    }
    std::string body;
    json::Writer writer(body);
    write_order(writer, *shown);
    co_return json_reply(200, std::move(body));
}

}  // namespace updraft::admin
