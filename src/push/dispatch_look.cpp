// Choosing what is sent next, and sending it.
#include <utility>

#include "ports/apps_table.h"
#include "ports/outbox_table.h"
#include "ports/receivers_table.h"
#include "push/acknowledge.h"
#include "push/dispatch_parts.h"
#include "push/message.h"
#include "push/notice.h"

namespace updraft::push {
namespace {

using access::PushState;

constexpr Millis look_retry{1'000};  // After the store could not be read.
constexpr std::int64_t apps_max = 100'000;
constexpr std::int64_t checks_max = 100;

std::string lease_of(AppId const& appid) { return "app " + appid.value; }

// Notices take at most a quarter of an app's posts, so that they do not delay results.
std::int64_t notices_max(std::int64_t per_app) { return std::max<std::int64_t>(1, per_app / 4); }

}  // namespace

// On a shared store: the leases that this instance holds, of the apps with messages or
// verifications to send. It keeps an app while something is being sent to it.
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
    for (auto const& [appid, state] : app_states_) {
        if (!state.unused()) wanted.insert(lease_of(appid));
    }
    std::vector<std::string> const names(wanted.begin(), wanted.end());
    return leases_->hold(names, now);
}

bool Dispatch::may_clean(Instant now) {
    if (!leases_) return true;
    auto const held = leases_->hold("tend the outbox", now);
    return held && *held;
}

void Dispatch::look(Instant now) {
    look_again_ = false;
    Found found;
    // The leases first: what is read after that includes all that the last holder recorded.
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
                 .free_slots = settings_.in_flight_max - in_flight_,
                 .next = now + look_pause,
                 .due = {},
                 .checks = {},
                 .removed_apps = false};
        TRY_ASSIGN(auto const apps, tx.outbox().apps_waiting({}, apps_max));
        for (auto const& appid : apps) {
            if (ours(appid)) look_at(tx, appid, found);
        }
        TRY_ASSIGN(auto const receivers, tx.receivers().due(now, checks_max));
        for (auto const& receiver : receivers) {
            auto const known = app_states_.find(receiver.appid);
            if (!ours(receiver.appid)) continue;
            if (known != app_states_.end() && known->second.checks > 0) continue;
            auto const app = tx.apps().find(receiver.appid);
            if (app) found.checks.emplace_back(receiver.appid, occasion_of((*app)->push_state));
        }
        TRY_ASSIGN(auto const next, tx.receivers().next_due(now));
        found.expect(next);
        return {};
    });
    look_at_ = looked ? found.next : now + look_retry;
    if (looked && found.removed_apps) clean_at_ = now;
    if (looked && !store_refuses_) send(found, now);
}

void Dispatch::look_at(Tx const& tx, AppId const& appid, Found& found) const {
    auto const app = tx.apps().find(appid);
    // An app that is disabled or has no verified URL is looked at again when that changes. An app
    // whose rows cannot be read must not stop the others.
    if (!app && app.error().code == Errc::not_found) found.removed_apps = true;
    if (!app || (*app)->disabled || !(*app)->push_url) return;
    if ((*app)->push_state != PushState::verified) return;

    static AppState const unknown;
    auto const known = app_states_.find(appid);
    auto const& state = known == app_states_.end() ? unknown : known->second;
    // Each app gets at most 1/16 of the free slots: a few slow receivers cannot fill them all.
    auto const per_app =
        std::min(settings_.in_flight_per_app_max, std::max<std::int64_t>(1, found.free_slots / 16));
    // Devices whose outcome is not recorded yet take no slot, but memory: at most 8 times the
    // slots.
    auto const lanes = std::ssize(state.busy[0]) + std::ssize(state.busy[1]);
    auto free_slots =
        std::min(per_app - state.in_flight[0] - state.in_flight[1], per_app * 8 - lanes);
    for (auto const stream : {Stream::upgrade, Stream::notice}) {
        auto const nth = static_cast<std::size_t>(stream);
        auto mine = std::min(free_slots, found.free_slots);
        if (stream == Stream::notice) {
            mine = std::min(mine, notices_max(per_app) - state.in_flight[nth]);
        }
        DueAsk const ask{
            .appid = appid,
            .stream = stream,
            .now = found.now,
            .limit = mine,
            .skip = [&](std::string_view did) { return state.busy[nth].contains(did); },
            .skipped_max = std::ssize(state.busy[nth])};
        auto due = tx.outbox().due(ask);
        auto const next = tx.outbox().next_due(appid, stream, found.now);
        if (next) found.expect(*next);
        if (!due) continue;
        free_slots -= std::ssize(*due);
        found.free_slots -= std::ssize(*due);
        for (auto& message : *due) {
            auto stale = overtaken(tx, message);
            // A message whose model's releases cannot be read waits for the next look.
            if (!stale) continue;
            message.overtaken = *std::move(stale);
            found.due.emplace_back(*app, std::move(message));
        }
    }
}

// Why a message is not posted now, as its outcome; nothing when it is to be posted.
std::optional<Ended> Dispatch::held_back(AppState& state, DueMessage const& message,
                                         Instant now) const {
    Ended early;
    if (message.revoked || message.overtaken) {
        early.dropped = true;
        early.overtaken = message.overtaken;
        return early;
    }
    if (message.type != MsgType::progress) return std::nullopt;
    if (now >= message.since + settings_.retry.progress_life) {
        early.dropped = true;
        return early;
    }
    auto const last = state.progress_at.find(message.did.value);
    if (last != state.progress_at.end() && now >= last->second &&
        now < last->second + settings_.progress_interval) {
        early.postponed_to = last->second + settings_.progress_interval;
        return early;
    }
    state.progress_at.insert_or_assign(message.did.value, now);
    return std::nullopt;
}

void Dispatch::send(Found& found, Instant now) {
    for (auto const& [appid, occasion] : found.checks) check(appid, occasion, {}, now);
    for (auto& [app, message] : found.due) {
        auto& state = state_of(app->appid);
        auto const stream = static_cast<std::size_t>(stream_of(message.type));
        if (!state.busy[stream].insert(message.did.value).second) continue;
        auto early = held_back(state, message, now);
        if (!early) {
            post(app, std::move(message), now);
            continue;
        }
        early->webhook_id = std::move(message.webhook_id);
        early->did = std::move(message.did);
        early->appid = app->appid;
        early->type = message.type;
        unrecorded_.push_back(*std::move(early));
    }
    for (auto& [appid, state] : app_states_) {
        if (state.progress_at.size() <= state.progress_kept) continue;
        std::erase_if(state.progress_at, [&](auto const& one) {
            return now >= one.second + settings_.progress_interval || now < one.second;
        });
        state.progress_kept = std::max<std::size_t>(64, state.progress_at.size() * 2);
    }
    flush(now);
}

void Dispatch::post(std::shared_ptr<access::App const> const& app, DueMessage message,
                    Instant now) {
    auto const stream = static_cast<std::size_t>(stream_of(message.type));
    auto parcel = make_parcel(*app, open_,
                              {.id = message.webhook_id,
                               .body = std::move(message.body),
                               .event_at = message.created_at,
                               .order_id = std::exchange(message.order_id, {})},
                              now, settings_.timeout);
    ++state_of(app->appid).in_flight[stream];
    ++in_flight_;
    ++posted_;
    InFlight flight{
        .appid = app->appid, .url = *app->push_url, .message = std::move(message), .at = now};
    if (!parcel) {
        // The app's keys cannot be opened, which an operator must repair: the attempt fails, and
        // the message is tried again.
        Receipt receipt;
        receipt.fault = PostFault::connect;
        receipt.trouble = parcel.error().detail;
        inbox_->leave([&](Inbox::Events& events) {
            events.answers.emplace_back(std::move(flight), std::move(receipt));
        });
        return;
    }
    http_client_.post(*std::move(parcel), [inbox = inbox_, flight](Receipt receipt) {
        inbox->leave([&](Inbox::Events& events) {
            events.answers.emplace_back(flight, std::move(receipt));
        });
    });
}

void Dispatch::check(AppId const& appid, Occasion occasion, VerifyAsk ask, Instant now) {
    auto const app = read(store_, [&](Tx const& tx) { return tx.apps().find(appid); });
    if (!app || !(*app)->push_url) {
        if (!ask.done) return;
        if (!app) return ask.done(pass(app));
        return ask.done(fail(Errc::conflict, "the app has no pushUrl"));
    }
    UrlCheck checking{.outcome = {.appid = appid,
                                  .url = *(*app)->push_url,
                                  .occasion = occasion,
                                  .fault = {},
                                  .gone = false,
                                  .by = std::move(ask.by)},
                      .echo = id_source_.hex(16),
                      .done = std::move(ask.done)};
    auto const id = id_source_.webhook_id(now);
    auto parcel = make_parcel(**app, open_,
                              {.id = id, .body = verification_body(checking.echo), .event_at = now},
                              now, settings_.timeout);
    ++state_of(appid).checks;
    ++in_flight_;
    ++verifications_;
    auto leave = [inbox = inbox_, checking](Receipt receipt) {
        inbox->leave([&](Inbox::Events& events) {
            events.checked.emplace_back(checking, std::move(receipt));
        });
    };
    if (parcel) return http_client_.post(*std::move(parcel), std::move(leave));
    Receipt receipt;
    receipt.fault = PostFault::connect;
    receipt.trouble = parcel.error().detail;
    leave(std::move(receipt));
}

void Dispatch::settle_check(UrlCheck check, Receipt receipt, Instant now) {
    --in_flight_;
    auto outcome = std::move(check.outcome);
    outcome.fault = verification_fault(receipt, check.echo);
    tell_trouble(outcome.appid, {}, receipt);
    outcome.gone = receipt.status == 410;
    store_.submit(
        [outcome, rules = settings_.receivers, now](Tx& tx) -> Result<void> {
            auto const recorded = record_verification(tx, outcome, rules, now);
            if (!recorded) return pass(recorded);
            return {};
        },
        [inbox = inbox_, outcome, done = std::move(check.done)](Result<void> result) {
            inbox->leave(
                [&](Inbox::Events& events) { events.check_recorded.push_back(outcome.appid); });
            if (!done) return;
            if (!result) return done(pass(result));
            done(Verdict{.verified = outcome.fault.empty(), .detail = outcome.fault});
        });
}

}  // namespace updraft::push
