#include "admin/show_order.h"

#include "admin/answer.h"

namespace updraft::admin {
namespace {

void write_counts(json::Writer& writer, std::optional<OrderTally> const& tally) {
    if (!tally) {
        writer.key("counts").null();
        writer.key("causes").null();
        return;
    }
    writer.key("counts").object();
    for (auto const& [state, count] : tally->states) writer.member(word(state), count);
    writer.end();
    writer.key("causes").object();
    for (auto const& [cause, count] : tally->causes) writer.member(cause, count);
    writer.end();
}

}  // namespace

void write_order(json::Writer& writer, ShownOrder const& shown) {
    auto const& order = shown.order;
    writer.object().member("orderId", order.order_id.value).member("origin", word(order.origin));
    text_or_null(writer, "by", order.appid ? order.appid->value : order.by.value_or(""));
    name_or_null(writer, "openId", order.open_id);
    text_or_null(writer, "firmwareId",
                 order.release_id ? std::to_string(order.release_id->value) : "");
    time_member(writer, "createdAt", order.created_at);
    write_counts(writer, shown.tally);
    writer.end();
}

}  // namespace updraft::admin
