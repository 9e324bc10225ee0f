#include "openota/history.h"

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "http/on_store.h"
#include "json/writer.h"
#include "openota/asks.h"
#include "openota/identify.h"
#include "openota/listing.h"
#include "openota/reply.h"
#include "policy/local_time.h"
#include "upgrade/history.h"
#include "upgrade/why.h"

namespace updraft::openota {
namespace {

// Rows of a part of the list of running upgrades: about as many as fit into stretch_bytes.
constexpr std::int64_t running_rows = 200;

// Contract 1.7.
void append_finished(std::string& out, upgrade::HistoryEntry const& entry,
                     std::string const& update_log, policy::LocalTime const& local) {
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
        .member("updateLog", update_log)
        .member("upgradeResult", succeeded ? "1" : "0");
    if (!succeeded) writer.member("cause", done.cause);
    writer.member("upgradeDate", local.date(ended))
        .member("upgradeTimeStamp", ended.seconds())
        .member("startTimeStamp", done.started_at.value_or(done.created_at).seconds())
        .end();
}

// Contract 1.8.
void append_running(std::string& out, upgrade::Upgrade const& upgrade, upgrade::Held const* held) {
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
    if (held != nullptr) {
        writer.key("waitingFor").object().member("reason", word(held->reason));
        writer.member("since", held->since.value_or(upgrade.created_at).seconds());
        if (held->next) writer.member("next", held->next->seconds());
        writer.end();
    }
    writer.end();
}

using Entries = std::vector<upgrade::HistoryEntry>;

// Writes entries until the part is full. Answers their number.
std::size_t append_part(std::string& out, Entries const& entries, policy::LocalTime const& local) {
    std::size_t count = 0;
    for (; count < entries.size() && out.size() < stretch_bytes; ++count) {
        append_finished(out, entries[count], entries[count].update_log, local);
    }
    return count;
}

// Entries that wait to be sent. All were read at once, because their places in the history change
// when another upgrade ends. Entries of one release share its text.
struct Waiting {
    Entries entries;  // Without update_log.
    std::vector<std::shared_ptr<std::string const>> update_logs;

    Waiting(Entries all, std::size_t begin) {
        std::map<ReleaseId, std::shared_ptr<std::string const>> known;
        for (auto i = begin; i < all.size(); ++i) {
            auto& update_log = known[all[i].upgrade.release_id];
            if (!update_log) {
                update_log = std::make_shared<std::string const>(std::move(all[i].update_log));
            }
            update_logs.push_back(update_log);
            entries.push_back({std::move(all[i].upgrade), std::move(all[i].device_name), {}});
        }
    }
};

Result<Stretch> waiting_from(std::shared_ptr<Waiting const> const& waiting, std::size_t begin,
                             policy::LocalTime const& local) {
    Stretch stretch;
    auto end = begin;
    for (; end < waiting->entries.size() && stretch.text.size() < stretch_bytes; ++end) {
        append_finished(stretch.text, waiting->entries[end], *waiting->update_logs[end], local);
    }
    if (end < waiting->entries.size()) {
        stretch.next = [waiting, end, local](Tx const&) {
            return waiting_from(waiting, end, local);
        };
    }
    return stretch;
}

Result<Stretch> answer_history(Tx const& tx, CallHeaders& headers, Result<HistoryAsk> const& ask,
                               policy::LocalTime const& local) {
    TRY_ASSIGN(auto const caller, admit(tx, headers, ask));
    upgrade::HistoryAsk const wanted{.open_id = caller.open_id,
                                     .did = ask->did,
                                     .order_id = ask->order_id,
                                     .finished_from = ask->from,
                                     .finished_before = ask->before,
                                     .skip = ask->start,
                                     .count = ask->end - ask->start};
    TRY_ASSIGN(auto entries, upgrade::history(tx, wanted));
    Stretch stretch;
    auto const end = append_part(stretch.text, entries, local);
    if (end == entries.size()) return stretch;
    auto waiting = std::make_shared<Waiting const>(std::move(entries), end);
    stretch.next = [waiting = std::move(waiting), local](Tx const&) {
        return waiting_from(waiting, 0, local);
    };
    return stretch;
}

struct Waits {
    upgrade::Means const& means;
    Clock const& clock;
};

Result<Stretch> running_after(Tx const& tx, Waits const& waits, upgrade::RunningAsk wanted) {
    TRY_ASSIGN(auto const upgrades, upgrade::running(tx, wanted));
    TRY_ASSIGN(auto const held, upgrade::waiting_for(tx, waits.means, upgrades, waits.clock.now()));
    Stretch stretch;
    std::int64_t count = 0;
    for (auto const& upgrade : upgrades) {
        auto const found = held.find(upgrade.id);
        append_running(stretch.text, upgrade, found == held.end() ? nullptr : &found->second);
        wanted.after = upgrade.id;
        ++count;
        if (stretch.text.size() >= stretch_bytes) break;
    }
    if (count < std::ssize(upgrades) || count == wanted.limit) {
        stretch.next = [waits, wanted = std::move(wanted)](Tx const& later) {
            return running_after(later, waits, wanted);
        };
    }
    return stretch;
}

Result<Stretch> answer_running(Tx const& tx, CallHeaders& headers, Result<RunningAsk> const& ask,
                               Waits const& waits) {
    TRY_ASSIGN(auto const caller, admit(tx, headers, ask));
    return running_after(tx, waits,
                         {.open_id = caller.open_id,
                          .did = ask->did,
                          .order_id = ask->order_id,
                          .after = {},
                          .limit = running_rows});
}

}  // namespace

http::asio::awaitable<http::Reply> history(Context& context, http::Request const& request) {
    policy::LocalTime const local(context.means.time_zone, context.means.zones);
    auto body = [headers = read_call_headers(context, request),
                 ask = read_history_ask(request.body, local),
                 local](Tx const& tx) mutable { return answer_history(tx, headers, ask, local); };
    auto only = co_await http::on_store(context.store, std::move(body));
    if (!only) co_return failure(context, request, only.error());
    co_return list_reply(context, request, *std::move(only));
}

http::asio::awaitable<http::Reply> running(Context& context, http::Request const& request) {
    auto body = [headers = read_call_headers(context, request),
                 ask = read_running_ask(request.body), waits = Waits{context.means, context.clock}](
                    Tx const& tx) mutable { return answer_running(tx, headers, ask, waits); };
    auto first = co_await http::on_store(context.store, std::move(body));
    if (!first) co_return failure(context, request, first.error());
    co_return list_reply(context, request, *std::move(first));
}

}  // namespace updraft::openota
