#include "push/record.h"

#include <algorithm>
#include <map>

#include "ports/apps_table.h"
#include "ports/deliveries_table.h"
#include "ports/outbox_table.h"
#include "ports/receivers_table.h"
#include "vocabulary/if_found.h"

namespace updraft::push {
namespace {

constexpr std::int64_t rows_per_cleaning = 500;

AttemptOutcome outcome_of(Ended const& ended, RetryRules const& rules) {
    if (ended.arrived) return Delivered{};
    Failure const failure{.type = ended.type,
                          .tries = ended.tries,
                          .since = ended.since,
                          .at = ended.attempt.at + Millis{ended.attempt.duration_ms},
                          .retry_after = ended.retry_after};
    return after_failure(rules, failure, ended.jitter);
}

Millis longest_pause(RetryRules const& rules) {
    auto const longest = std::ranges::max(rules.schedule) * 12 / 10;
    return std::max(longest, rules.retry_after_max);
}

// Makes old messages dead letters, if nothing is sent to their app at present. Otherwise each
// message ends by its own attempts.
Result<bool> give_up_old(Tx& tx, access::App const& app, RetryRules const& rules, Instant now) {
    bool const takes =
        !app.disabled && app.push_url && app.push_state == access::PushState::verified;
    if (takes) return false;
    // A message that was written before `before` is due at most one pause after it.
    auto const before = now - rules.give_up_after;
    auto const due_before = std::min(before + longest_pause(rules), now);
    bool more = false;
    for (auto const stream : {Stream::upgrade, Stream::notice}) {
        TRY_ASSIGN(auto const given_up, tx.outbox().give_up(app.appid, stream, before, due_before,
                                                            now, rows_per_cleaning));
        more = more || given_up > 0;
    }
    return more;
}

}  // namespace

Result<void> record(Tx& tx, std::span<Ended const> ended, Recording const& recording, Instant now) {
    std::map<std::pair<AppId, std::string>, Attempts> by_receiver;
    for (auto const& one : ended) {
        if (one.postponed_to) {
            TRY(tx.outbox().postpone(one.webhook_id, *one.postponed_to));
            continue;
        }
        if (one.dropped) {
            TRY_ASSIGN(bool const waited,
                       tx.deliveries().record(one.webhook_id, one.attempt, Dropped{}));
            if (waited && one.overtaken) {
                TRY(recording.outbox.replace_notice(tx, {one.appid, one.did, *one.overtaken}, now));
            }
            continue;
        }
        TRY(tx.deliveries().record(one.webhook_id, one.attempt, outcome_of(one, recording.retry)));
        auto& attempts = by_receiver[{one.appid, one.url}];
        attempts.arrived.push_back(one.arrived);
        attempts.gone = attempts.gone || one.gone;
    }
    for (auto& [receiver, attempts] : by_receiver) {
        attempts.appid = receiver.first;
        attempts.url = receiver.second;
        TRY(count_attempts(tx, attempts, recording.receivers, now));
    }
    return {};
}

Result<bool> clean_outbox(Tx& tx, RetryRules const& retry, ReceiverRules const& receivers,
                          RemovedApps const& removed_apps, Instant now) {
    static constexpr std::int64_t apps_batch = 1000;
    bool more = false;
    AppId after;
    for (;;) {
        TRY_ASSIGN(auto const apps, tx.outbox().apps_waiting(after, apps_batch));
        for (auto const& appid : apps) {
            TRY_ASSIGN(auto const app, if_found(tx.apps().find(appid)));
            if (!app) {
                TRY_ASSIGN(bool const left, removed_apps.clear(tx, appid, rows_per_cleaning));
                more = more || left;
                continue;
            }
            TRY_ASSIGN(bool const given_up, give_up_old(tx, **app, retry, now));
            more = more || given_up;
            auto const horizon = now + longest_pause(retry) + std::chrono::minutes{1};
            for (auto const stream : {Stream::upgrade, Stream::notice}) {
                TRY(tx.outbox().pull_in(appid, stream, horizon, now, rows_per_cleaning));
            }
        }
        if (std::ssize(apps) < apps_batch) break;
        after = apps.back();
    }
    TRY_ASSIGN(auto const due, tx.receivers().due(now, rows_per_cleaning));
    for (auto const& receiver : due) {
        TRY_ASSIGN(auto const app, if_found(tx.apps().find(receiver.appid)));
        if (!app) {
            TRY_ASSIGN(bool const left, removed_apps.clear(tx, receiver.appid, rows_per_cleaning));
            more = more || left;
        } else if (!(*app)->push_url) {
            TRY(tx.receivers().remove(receiver.appid));
        }
    }

    auto const latest = std::max(receivers.reverify_every,
                                 std::max(receivers.probe_pause_max, receivers.probe_after));
    TRY(tx.receivers().pull_in(now + latest + std::chrono::minutes{1}, now));
    TRY_ASSIGN(auto const swept, tx.deliveries().sweep(now, rows_per_cleaning));
    return more || swept == rows_per_cleaning;
}

}  // namespace updraft::push
