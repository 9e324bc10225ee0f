// How operators see an order: its members, and how far its upgrades are.
//
// Lives here: the members of an order in answers.
//
// Not here:   giving an order (admin/orders.cpp), its calls for reading (admin/list_orders.cpp).
#pragma once

#include <optional>

#include "json/writer.h"
#include "ports/orders_table.h"

namespace updraft::admin {

struct ShownOrder {
    OrderRow order;
    std::optional<OrderTally> tally;  // Nothing: its upgrades were not counted.
};
void write_order(json::Writer& writer, ShownOrder const& shown);

}  // namespace updraft::admin
