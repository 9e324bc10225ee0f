// Choosing what goes next, and letting it go.
#include "ports/apps_table.h"
#include "ports/outbox_table.h"
#include "ports/receivers_table.h"
#include "push/acknowledge.h"
#include "push/dispatch_parts.h"
#include "push/message.h"

namespace updraft::push {
namespace {

using access::PushState;

constexpr Millis look_retry{1'000};  // When the store could not be read.
constexpr std::int64_t apps_max = 100'000;
constexpr std::int64_t checks_max = 100;

std::string lease_of(AppId const& appid) { return "app " + appid.value; }

// Notices leave most of an app's posts free, so that a slow receiver delays no result by them.
std::int64_t notices_max(std::int64_t per_app) { return std::max<std::int64_t>(1, per_app / 4); }

}  // namespace

// On a shared store: the names of the apps that this instance tells, of those that are to be told
// something. An app stays with it while anything of that is on its way.
Result<std::set<std::string>> Dispatch::claim(Instant now) {
    std::set<std::string> wanted;
    auto const looked = store_.read([&](Tx const& tx) -> Result<void> {
        wanted.clear();
        TRY_ASSIGN(auto const apps, tx.outbox().apps_waiting({}, apps_max));
        for (auto const& appid : apps) wanted.insert(lease_of(appid));
        TRY_ASSIGN(auto const receivers, tx.receivers().due(now, checks_max));
        for (auto const& receiver : receivers) wanted.insert(lease_of(receiver.appid));
        return {};
    });
    TRY(looked);
    for (auto const& [appid, app_line] : lines_) {
        if (!app_line.unused()) wanted.insert(lease_of(appid));
    }
    std::vector<std::string> const names(wanted.begin(), wanted.end());
    return leases_->hold(names, now);
}

bool Dispatch::may_tend(Instant now) {
    if (!leases_) return true;
    auto const held = leases_->hold("tend the outbox", now);
    return held && *held;
}

void Dispatch::look(Instant now) {
    look_again_ = false;
    Look found;
    // Claimed first: the look then shows everything that the last holder has recorded.
    auto claimed = leases_ ? claim(now) : Result<std::set<std::string>>{};
    if (!claimed) {
        look_at_ = now + look_retry;
        return;
    }
    auto const ours = [&](AppId const& appid) {
        return !leases_ || claimed->contains(lease_of(appid));
    };
    auto const looked = store_.read([&](Tx const& tx) -> Result<void> {
        found = {.now = now,
                 .room = settings_.in_flight_max - in_flight_,
                 .next = now + look_pause,
                 .due = {},
                 .checks = {},
                 .strays = false};
        TRY_ASSIGN(auto const apps, tx.outbox().apps_waiting({}, apps_max));
        for (auto const& appid : apps) {
            if (ours(appid)) look_at(tx, appid, found);
        }
        TRY_ASSIGN(auto const receivers, tx.receivers().due(now, checks_max));
        for (auto const& receiver : receivers) {
            auto const known = lines_.find(receiver.appid);
            if (!ours(receiver.appid)) continue;
            if (known != lines_.end() && known->second.checks > 0) continue;
            auto const app = tx.apps().find(receiver.appid);
            if (app) found.checks.emplace_back(receiver.appid, occasion_of((*app)->push_state));
        }
        TRY_ASSIGN(auto const next, tx.receivers().next_due(now));
        found.expect(next);
        return {};
    });
    look_at_ = looked ? found.next : now + look_retry;
    if (looked && found.strays) tend_at_ = now;
    if (looked && !store_refuses_) send(found, now);
}

void Dispatch::look_at(Tx const& tx, AppId const& appid, Look& found) const {
    auto const app = tx.apps().find(appid);
    // An app that cannot be told anything now is looked at again when that changes; one whose rows
    // cannot be read must not keep the others waiting.
    if (!app && app.error().code == Errc::not_found) found.strays = true;
    if (!app || (*app)->disabled || !(*app)->push_url) return;
    if ((*app)->push_state != PushState::verified) return;

    static Line const unknown;
    auto const known = lines_.find(appid);
    auto const& app_line = known == lines_.end() ? unknown : known->second;
    // The fuller the house, the less for one app: many slow receivers cannot fill it.
    auto const per_app =
        std::min(settings_.in_flight_per_app_max, std::max<std::int64_t>(1, found.room / 16));
    // Lanes whose record is not durable yet cost memory, not posts; but not without end.
    auto const lanes = std::ssize(app_line.busy[0]) + std::ssize(app_line.busy[1]);
    auto room =
        std::min(per_app - app_line.in_flight[0] - app_line.in_flight[1], per_app * 8 - lanes);
    for (auto const stream : {Stream::upgrade, Stream::notice}) {
        auto const nth = static_cast<std::size_t>(stream);
        auto mine = std::min(room, found.room);
        if (stream == Stream::notice) {
            mine = std::min(mine, notices_max(per_app) - app_line.in_flight[nth]);
        }
        DueAsk const ask{
            .appid = appid,
            .stream = stream,
            .now = found.now,
            .limit = mine,
            .skip = [&](std::string_view did) { return app_line.busy[nth].contains(did); }};
        auto due = tx.outbox().due(ask);
        auto const next = tx.outbox().next_due(appid, stream, found.now);
        if (next) found.expect(*next);
        if (!due) continue;
        room -= std::ssize(*due);
        found.room -= std::ssize(*due);
        for (auto& message : *due) found.due.emplace_back(*app, std::move(message));
    }
}

void Dispatch::send(Look& found, Instant now) {
    for (auto const& [appid, occasion] : found.checks) check(appid, occasion, {}, now);
    for (auto& [app, message] : found.due) {
        auto& app_line = line(app->appid);
        auto const stream = static_cast<std::size_t>(stream_of(message.type));
        if (!app_line.busy[stream].insert(message.did.value).second) continue;
        if (message.type != MsgType::progress) {
            post(app, std::move(message), now);
            continue;
        }
        Ended early;
        auto const last = app_line.progress_at.find(message.did.value);
        if (now >= message.since + settings_.retry.progress_life) {
            early.too_old = true;
        } else if (last != app_line.progress_at.end() && now >= last->second &&
                   now < last->second + settings_.progress_interval) {
            early.postponed_to = last->second + settings_.progress_interval;
        } else {
            app_line.progress_at.insert_or_assign(message.did.value, now);
            post(app, std::move(message), now);
            continue;
        }
        early.webhook_id = std::move(message.webhook_id);
        early.did = std::move(message.did);
        early.appid = app->appid;
        early.type = message.type;
        unrecorded_.push_back(std::move(early));
    }
    for (auto& [appid, app_line] : lines_) {
        if (app_line.progress_at.size() <= app_line.progress_kept) continue;
        std::erase_if(app_line.progress_at, [&](auto const& one) {
            return now >= one.second + settings_.progress_interval || now < one.second;
        });
        app_line.progress_kept = std::max<std::size_t>(64, app_line.progress_at.size() * 2);
    }
    flush(now);
}

void Dispatch::post(std::shared_ptr<access::App const> const& app, DueMessage message,
                    Instant now) {
    auto const stream = static_cast<std::size_t>(stream_of(message.type));
    auto parcel =
        make_parcel(*app, open_, message.webhook_id, message.body, now, settings_.timeout);
    ++line(app->appid).in_flight[stream];
    ++in_flight_;
    ++posted_;
    Flight flight{
        .appid = app->appid, .url = *app->push_url, .message = std::move(message), .at = now};
    flight.message.body.clear();
    if (!parcel) {
        // Keys that do not open are an operator's problem: the message is tried again like any.
        Receipt receipt;
        receipt.trouble = parcel.error().detail;
        inbox_->leave([&](Inbox::News& news) {
            news.answers.emplace_back(std::move(flight), std::move(receipt));
        });
        return;
    }
    http_client_.post(*std::move(parcel), [inbox = inbox_, flight](Receipt receipt) {
        inbox->leave(
            [&](Inbox::News& news) { news.answers.emplace_back(flight, std::move(receipt)); });
    });
}

void Dispatch::check(AppId const& appid, Occasion occasion, VerifyDone done, Instant now) {
    auto const app = read(store_, [&](Tx const& tx) { return tx.apps().find(appid); });
    if (!app || !(*app)->push_url) {
        if (!done) return;
        if (!app) return done(tl::unexpected<Error>(app.error()));
        return done(fail(Errc::conflict, "the app has no pushUrl"));
    }
    Check checking{.outcome = {.appid = appid,
                               .url = *(*app)->push_url,
                               .occasion = occasion,
                               .fault = {},
                               .gone = false},
                   .echo = id_source_.hex(16),
                   .done = std::move(done)};
    auto const id = id_source_.webhook_id(now);
    auto parcel =
        make_parcel(**app, open_, id, verification_body(checking.echo), now, settings_.timeout);
    ++line(appid).checks;
    ++in_flight_;
    ++verifications_;
    auto leave = [inbox = inbox_, checking](Receipt receipt) {
        inbox->leave(
            [&](Inbox::News& news) { news.checked.emplace_back(checking, std::move(receipt)); });
    };
    if (parcel) return http_client_.post(*std::move(parcel), std::move(leave));
    Receipt receipt;
    receipt.trouble = parcel.error().detail;
    leave(std::move(receipt));
}

void Dispatch::settle_check(Check check, Receipt receipt, Instant now) {
    --in_flight_;
    auto outcome = std::move(check.outcome);
    outcome.fault = verification_fault(receipt, check.echo);
    outcome.gone = receipt.status == 410;
    store_.submit(
        [outcome, rules = settings_.receivers, now](Tx& tx) -> Result<void> {
            auto const recorded = record_verification(tx, outcome, rules, now);
            if (!recorded) return tl::unexpected<Error>(recorded.error());
            return {};
        },
        [inbox = inbox_, outcome, done = std::move(check.done)](Result<void> result) {
            inbox->leave([&](Inbox::News& news) { news.check_recorded.push_back(outcome.appid); });
            if (!done) return;
            if (!result) return done(tl::unexpected<Error>(std::move(result).error()));
            done(Verdict{.verified = outcome.fault.empty(), .detail = outcome.fault});
        });
}

}  // namespace updraft::push
