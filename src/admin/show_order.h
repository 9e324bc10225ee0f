// How operators see an order: its members, and how far its upgrades are.
//
// Lives here: the members of an order in answers, and the word for who gave it.
//
// Not here:   giving an order (admin/orders.cpp), its calls for reading (admin/list_orders.cpp).
#pragma once

#include <optional>
#include <string_view>

#include "json/writer.h"
#include "ports/orders_table.h"

namespace updraft::admin {

// "user" for an order of an app for its user, "operator" otherwise. `order`: nothing when its row
// is missing.
[[nodiscard]] std::string_view origin_of(std::optional<OrderRow> const& order);

struct ShownOrder {
    OrderRow order;
    std::optional<OrderTally> tally;  // Nothing: its upgrades were not counted.
};
void write_order(json::Writer& writer, ShownOrder const& shown);

}  // namespace updraft::admin
