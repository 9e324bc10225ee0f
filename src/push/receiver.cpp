#include "push/receiver.h"

#include <algorithm>

#include "audit/record.h"
#include "ports/apps_table.h"
#include "ports/receivers_table.h"
#include "vocabulary/if_found.h"

namespace updraft::push {
namespace {

using access::PushState;

// The row of the app's receiver, or a new one when there is none for this URL.
Result<Receiver> known(Tx const& tx, AppId const& appid, std::string const& url) {
    TRY_ASSIGN(auto found, if_found(tx.receivers().find(appid)));
    if (found && found->url == url) return *std::move(found);
    return Receiver{.appid = appid, .url = url, .failures = 0, .due_at = {}, .pause = {}};
}

Result<void> put_state(Tx& tx, access::App const& app, PushState state) {
    if (app.push_state == state) return {};
    auto changed = app;
    changed.push_state = state;
    return tx.apps().replace(changed);
}

Result<void> record_state(Tx& tx, access::Actor const& actor, access::App const& app,
                          PushState state, std::string effect, Instant now) {
    audit::Changes changes;
    changes.add("pushState", word(app.push_state), word(state));
    return audit::record(tx, actor,
                         {.object_kind = "app",
                          .object_id = app.appid.value,
                          .changes = std::move(changes),
                          .effect = std::move(effect)},
                         now);
}

Result<void> record_suspension(Tx& tx, access::App const& app, std::string effect, Instant now) {
    if (app.push_state == PushState::suspended) return {};
    auto const actor = access::the_server("suspendPushUrl");
    return record_state(tx, actor, app, PushState::suspended, std::move(effect), now);
}

// What an operator asked for, or what the server did by itself.
Result<void> record_outcome(Tx& tx, Verification const& outcome, access::App const& app,
                            PushState state, Instant now) {
    auto const& fault = outcome.fault;
    if (outcome.by) {
        auto effect = fault.empty() ? "verified" : "not verified: " + fault;
        return record_state(tx, *outcome.by, app, state, std::move(effect), now);
    }
    if (state != PushState::suspended) return {};
    return record_suspension(tx, app, "a verification failed: " + fault, now);
}

Millis longer(Millis pause, ReceiverRules const& rules) {
    if (pause <= Millis{0}) return rules.probe_after;
    return std::min(pause * 2, std::max(rules.probe_pause_max, rules.probe_after));
}

}  // namespace

bool listens(access::App const& app, MsgType type) {
    if (app.disabled || !app.push_url) return false;
    switch (type) {
        case MsgType::progress:
            return app.push_events.progress;
        case MsgType::result:
            return app.push_events.result;
        case MsgType::new_firmware:
            return app.push_events.new_firmware;
        case MsgType::withdrawn:
            return app.push_events.withdrawn;
    }
    return false;
}

Result<void> set_url(Tx& tx, access::App& app, std::optional<std::string> url, Instant now) {
    if (app.push_url == url && app.push_state != PushState::failed) return {};
    app.push_url = std::move(url);
    if (!app.push_url) {
        app.push_state = PushState::none;
        return tx.receivers().remove(app.appid);
    }
    app.push_state = PushState::pending;
    return tx.receivers().put(
        {.appid = app.appid, .url = *app.push_url, .failures = 0, .due_at = now, .pause = {}});
}

Occasion occasion_of(PushState state) {
    switch (state) {
        case PushState::verified:
            return Occasion::routine;
        case PushState::suspended:
            return Occasion::probe;
        case PushState::none:
        case PushState::pending:
        case PushState::failed:
            break;
    }
    return Occasion::first;
}

Result<PushState> record_verification(Tx& tx, Verification const& outcome,
                                      ReceiverRules const& rules, Instant now) {
    TRY_ASSIGN(auto const app, tx.apps().find(outcome.appid));
    if (app->push_url != outcome.url) {
        TRY(record_outcome(tx, outcome, *app, app->push_state, now));
        return app->push_state;
    }
    TRY_ASSIGN(auto receiver, known(tx, outcome.appid, outcome.url));

    auto state = PushState::verified;
    receiver.failures = 0;
    if (outcome.fault.empty()) {
        receiver.pause = Millis{0};
        receiver.due_at = now + rules.reverify_every;
    } else if (outcome.gone) {
        state = PushState::suspended;
        receiver.pause = Millis{0};
        receiver.due_at.reset();
    } else {
        bool const doubt = outcome.occasion == Occasion::routine;
        bool const suspended = doubt || outcome.occasion == Occasion::probe;
        bool const anew = doubt || outcome.occasion == Occasion::request;
        state = suspended ? PushState::suspended : PushState::failed;
        receiver.pause = longer(anew ? Millis{0} : receiver.pause, rules);
        receiver.due_at = now + receiver.pause;
    }
    TRY(tx.receivers().put(receiver));
    TRY(put_state(tx, *app, state));
    TRY(record_outcome(tx, outcome, *app, state, now));
    return state;
}

Result<void> count_attempts(Tx& tx, Attempts const& attempts, ReceiverRules const& rules,
                            Instant now) {
    TRY_ASSIGN(auto const app, if_found(tx.apps().find(attempts.appid)));
    if (!app) return {};
    if ((*app)->push_url != attempts.url || (*app)->push_state != PushState::verified) return {};
    TRY_ASSIGN(auto receiver, known(tx, attempts.appid, attempts.url));

    auto const before = receiver.failures;
    bool too_many = false;
    for (bool const arrived : attempts.arrived) {
        receiver.failures = arrived ? 0 : receiver.failures + 1;
        too_many = too_many || receiver.failures >= rules.suspend_after;
    }
    if (attempts.gone || too_many) {
        receiver.pause = attempts.gone ? Millis{0} : rules.probe_after;
        receiver.due_at.reset();
        if (!attempts.gone) receiver.due_at = now + receiver.pause;
        TRY(put_state(tx, **app, PushState::suspended));
        auto why = attempts.gone
                       ? std::string("the receiver answered 410")
                       : audit::counted(rules.suspend_after, "attempt") + " in a row failed";
        TRY(record_suspension(tx, **app, std::move(why), now));
    } else if (receiver.failures == before) {
        return {};
    }
    return tx.receivers().put(receiver);
}

}  // namespace updraft::push
