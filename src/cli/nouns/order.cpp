#include "cli/nouns/arguments.h"
#include "cli/nouns/tables.h"

namespace updraft::cli {
namespace {

constexpr Argument order_in_path{"order-id,--order-id", "orderId", Place::path, required,
                                 "Id of the order."};

}  // namespace

std::vector<Command> order_commands() {
    return {
        {.noun = "order",
         .verb = "create",
         .meaning = "Order upgrades of devices.",
         .method = "POST",
         .path = "/admin/v1/orders",
         .arguments = {{"dids,--did", "dids", Place::texts, required, "Devices, at most 1,000."},
                       {"--firmware-id", "firmwareId", Place::text, optional,
                        "Release to install; without it, what each device is offered."},
                       {"--through", "through", Place::flag, optional,
                        "Upgrade through all intermediate versions to the newest one."},
                       {"--allow-older", "allowOlder", Place::flag, optional,
                        "Install the release of --firmware-id even if it is older than what the "
                        "device runs."},
                       {"--force", "force", Place::flag, optional,
                        "Start outside the hours that users chose as well."}},
         .shape = Shape::counts},
        {.noun = "order",
         .verb = "list",
         .meaning = "List orders, the newest first.",
         .method = "GET",
         .path = "/admin/v1/orders",
         .arguments = {},
         .shape = Shape::columns,
         .columns = {"orderId", "origin", "by", "openId", "firmwareId", "createdAt", "counts"}},
        {.noun = "order",
         .verb = "show",
         .meaning = "Show one order, with how many of its upgrades are in which state.",
         .method = "GET",
         .path = "/admin/v1/orders/{orderId}",
         .arguments = {order_in_path}},
        {.noun = "order",
         .verb = "cancel",
         .meaning = "End the upgrades of an order. Devices that have begun are asked to stop.",
         .method = "POST",
         .path = "/admin/v1/orders/{orderId}/cancel",
         .arguments = {order_in_path,
                       {"--cancel", "cancel", Place::text, optional,
                        "Upgrades to end: queued (the default), not_started (all that are not "
                        "downloaded yet) or all."}},
         .question = "End the upgrades of order {orderId}?"},
    };
}

}  // namespace updraft::cli
