#include "openota/history.h"

#include <memory>
#include <utility>
#include <vector>

#include "http/on_store.h"
#include "json/writer.h"
#include "openota/asks.h"
#include "openota/identify.h"
#include "openota/listing.h"
#include "openota/reply.h"
#include "upgrade/history.h"

namespace updraft::openota {
namespace {

// Rows of a part of the list of running upgrades: about as many as fit into stretch_bytes.
constexpr std::int64_t running_rows = 200;

// Contract 1.7.
void append_finished(std::string& out, upgrade::HistoryEntry const& entry,
                     std::chrono::minutes utc_offset) {
    auto const& done = entry.upgrade;
    auto const succeeded = done.state == upgrade::State::succeeded;
    auto const ended = done.finished_at.value_or(done.created_at);
    out += ',';
    json::Writer writer(out);
    writer.object()
        .member("did", done.did.value)
        .member("name", entry.device_name)
        .member("deviceModel", done.model.value)
        .member("orderId", done.order_id.value)
        .member("fromVersion", done.from_version.value)
        .member("firmwareVersion", done.version.value)
        .member("updateLog", entry.update_log)
        .member("upgradeResult", succeeded ? "1" : "0");
    if (!succeeded) writer.member("cause", done.cause);
    writer.member("upgradeDate", local_date(ended, utc_offset))
        .member("upgradeTimeStamp", ended.seconds())
        .member("startTimeStamp", done.started_at.value_or(done.created_at).seconds())
        .end();
}

// Contract 1.8.
void append_running(std::string& out, upgrade::Upgrade const& upgrade) {
    out += ',';
    json::Writer writer(out);
    writer.object()
        .member("did", upgrade.did.value)
        .member("orderId", upgrade.order_id.value)
        .member("fromVersion", upgrade.from_version.value)
        .member("firmwareVersion", upgrade.version.value)
        .member("state", upgrade::word(upgrade.state))
        .member("progress", upgrade.progress);
    if (!upgrade.cause.empty()) writer.member("cause", upgrade.cause);
    writer.end();
}

using Entries = std::vector<upgrade::HistoryEntry>;

// The entries from `begin` on. All were read at once, because their places in the history change
// when another upgrade ends.
Stretch history_from(std::shared_ptr<Entries> const& entries, std::size_t begin,
                     std::chrono::minutes utc_offset) {
    // Moved out, because an assignment would keep the memory of the texts.
    for (std::size_t sent = 0; sent < begin; ++sent) {
        auto const freed = std::move(entries->at(sent));
    }
    Stretch stretch;
    auto end = begin;
    while (end < entries->size() && stretch.text.size() < stretch_bytes) {
        append_finished(stretch.text, entries->at(end), utc_offset);
        ++end;
    }
    if (end < entries->size()) {
        stretch.next = [entries, end, utc_offset](Tx const&) -> Result<Stretch> {
            return history_from(entries, end, utc_offset);
        };
    }
    return stretch;
}

Result<Stretch> answer_history(Tx const& tx, CallHeaders& headers, Result<HistoryAsk> const& ask,
                               std::chrono::minutes utc_offset) {
    TRY_ASSIGN(auto const caller, admit(tx, headers, ask));
    upgrade::HistoryAsk const wanted{.open_id = caller.open_id,
                                     .did = ask->did,
                                     .order_id = ask->order_id,
                                     .finished_from = ask->from,
                                     .finished_before = ask->before,
                                     .skip = ask->start,
                                     .count = ask->end - ask->start};
    TRY_ASSIGN(auto entries, upgrade::history(tx, wanted));
    return history_from(std::make_shared<Entries>(std::move(entries)), 0, utc_offset);
}

Result<Stretch> running_after(Tx const& tx, upgrade::RunningAsk wanted) {
    TRY_ASSIGN(auto const upgrades, upgrade::running(tx, wanted));
    Stretch stretch;
    std::int64_t count = 0;
    for (auto const& upgrade : upgrades) {
        append_running(stretch.text, upgrade);
        wanted.after = upgrade.id;
        ++count;
        if (stretch.text.size() >= stretch_bytes) break;
    }
    if (count < std::ssize(upgrades) || count == wanted.limit) {
        stretch.next = [wanted = std::move(wanted)](Tx const& later) {
            return running_after(later, wanted);
        };
    }
    return stretch;
}

Result<Stretch> answer_running(Tx const& tx, CallHeaders& headers, Result<RunningAsk> const& ask) {
    TRY_ASSIGN(auto const caller, admit(tx, headers, ask));
    return running_after(tx, {.open_id = caller.open_id,
                              .did = ask->did,
                              .order_id = ask->order_id,
                              .after = {},
                              .limit = running_rows});
}

}  // namespace

http::asio::awaitable<http::Reply> history(Context& context, http::Request const& request) {
    auto const utc_offset = context.settings.utc_offset;
    auto body = [headers = read_call_headers(context, request),
                 ask = read_history_ask(request.body, utc_offset), utc_offset](
                    Tx const& tx) mutable { return answer_history(tx, headers, ask, utc_offset); };
    auto only = co_await http::on_store(context.store, std::move(body));
    if (!only) co_return failure(context, request, only.error());
    co_return list_reply(context, request, *std::move(only));
}

http::asio::awaitable<http::Reply> running(Context& context, http::Request const& request) {
    auto body = [headers = read_call_headers(context, request),
                 ask = read_running_ask(request.body)](Tx const& tx) mutable {
        return answer_running(tx, headers, ask);
    };
    auto first = co_await http::on_store(context.store, std::move(body));
    if (!first) co_return failure(context, request, first.error());
    co_return list_reply(context, request, *std::move(first));
}

}  // namespace updraft::openota
