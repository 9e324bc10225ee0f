#include "rollout/outcome.h"

#include <algorithm>
#include <array>

#include "upgrade/cause_word.h"

namespace updraft::rollout {
namespace {

using upgrade::Cause;

constexpr Millis silence_least = std::chrono::minutes{60};  // Of "auto".

constexpr std::array neutral_causes{Cause::cancelled, Cause::rejected, Cause::unbound,
                                    Cause::withdrawn, Cause::expired,  Cause::skipped};

bool is_cause(std::string_view written, Cause cause) {
    return upgrade::word_of(written) == upgrade::word(cause);
}

bool is_neutral(Signs const& signs) {
    if (signs.state == upgrade::State::cancelled || signs.state == upgrade::State::expired) {
        return true;
    }
    return std::ranges::any_of(neutral_causes,
                               [&](Cause cause) { return is_cause(signs.cause, cause); });
}

// The release did not arrive, which says nothing about it.
bool is_transport_failure(Signs const& signs) {
    return is_cause(signs.cause, Cause::download_failed) ||
           (is_cause(signs.cause, Cause::timeout) && !signs.has_all_bytes);
}

bool will_be_retried(Place const& place, Plan const& plan) {
    return place.wave > 0 && place.tries <= plan.retry.times;
}

// When it becomes silent unless it is heard of before.
Instant silent_at(Place const& place, Tempo const& tempo, Signs const& signs) {
    auto since = std::max(*place.handed_out_at, tempo.served_since);
    if (place.succeeded_at) since = std::max(since, *place.succeeded_at);
    if (signs.heard_at) since = std::max(since, *signs.heard_at);
    return since + tempo.silence;
}

// A silent one stays silent until it speaks, whatever becomes of the server meanwhile.
bool is_silent(Place const& place, Tempo const& tempo, Signs const& signs, Instant now) {
    if (place.judged == Judged::silent) return !(signs.heard_at > place.judged_at);
    return now >= silent_at(place, tempo, signs);
}

bool was_heard_after_success(Place const& place, Signs const& signs) {
    return signs.success_is_a_sign || signs.heard_at > place.succeeded_at;
}

// Its time ran out while the server was away or its clock jumped, which says nothing about it.
bool ran_out_in_a_gap(Tempo const& tempo, Signs const& signs, Instant now) {
    return is_cause(signs.cause, Cause::timeout) && now < tempo.served_since + tempo.silence;
}

Judged without_success(Place const& place, Plan const& plan, Tempo const& tempo, Signs const& signs,
                       Instant now) {
    if (is_neutral(signs) || ran_out_in_a_gap(tempo, signs, now)) return Judged::neutral;
    if (!is_transport_failure(signs)) return Judged::failed;
    return will_be_retried(place, plan) ? Judged::unsettled : Judged::unreached;
}

Judged judged_now(Place const& place, Plan const& plan, Tempo const& tempo, Signs const& signs,
                  Instant now) {
    bool const is_open = place.judged == Judged::unsettled || place.judged == Judged::silent;
    if (!is_open) return place.judged;
    if (!place.handed_out_at) {
        bool const has_ended = !signs.state || upgrade::is_final(*signs.state);
        return has_ended ? Judged::neutral : Judged::unsettled;
    }
    bool const silent = is_silent(place, tempo, signs, now);
    bool const stays_silent = silent && place.judged == Judged::silent;
    if (!signs.state) return stays_silent ? Judged::silent : Judged::neutral;
    if (signs.state == upgrade::State::succeeded) {
        if (!was_heard_after_success(place, signs)) {
            return silent ? Judged::silent : Judged::unsettled;
        }
        bool const settles = now >= *place.handed_out_at + tempo.settle;
        return settles ? Judged::good : Judged::unsettled;
    }
    if (!upgrade::is_final(*signs.state)) {
        return signs.has_all_bytes && silent ? Judged::silent : Judged::unsettled;
    }
    auto const ended = without_success(place, plan, tempo, signs, now);
    return stays_silent && ended != Judged::failed ? Judged::silent : ended;
}

std::optional<Instant> earlier(std::optional<Instant> a, Instant b) {
    return a ? std::min(*a, b) : b;
}

// The next moment at which time alone may change something.
std::optional<Instant> next_check(Place const& place, Tempo const& tempo, Signs const& signs,
                                  Instant now) {
    if (!place.handed_out_at) return place.check_at;
    auto const settles_at = *place.handed_out_at + tempo.settle;
    bool const is_last = place.judged != Judged::unsettled;
    std::optional<Instant> next;
    if (!is_last || (!place.aligned && place.judged != Judged::good)) {
        if (settles_at > now) next = settles_at;
    }
    bool const has_succeeded = signs.state == upgrade::State::succeeded;
    bool const only_settles = has_succeeded && was_heard_after_success(place, signs);
    if (is_last || place.retry_at || !signs.state || only_settles) return next;
    bool const waits = !has_succeeded && !signs.has_all_bytes;
    auto const silent_from = silent_at(place, tempo, signs);
    return earlier(next, waits || silent_from <= now ? now + tempo.silence : silent_from);
}

// Bad and unreached ones count once they are as old as a good one has to be.
bool is_aligned(Place const& place, Tempo const& tempo, Instant now) {
    bool const counts = is_bad(place.judged) || place.judged == Judged::unreached;
    return counts && place.handed_out_at && now >= *place.handed_out_at + tempo.settle;
}

}  // namespace

Millis silence_limit(Plan const& plan, Rhythm const& rhythm) {
    auto const least =
        plan.silent_after.value_or(std::max(silence_least, 2 * rhythm.gap_p99.value_or(Millis{0})));
    return std::max(least, 3 * rhythm.polling);
}

Millis settle_time(Plan const& plan, Rhythm const& rhythm) {
    return std::max(plan.settle_time, silence_limit(plan, rhythm) * 3 / 2);
}

Tempo tempo_of(Plan const& plan, Rhythm const& rhythm, Instant served_since) {
    return {silence_limit(plan, rhythm), settle_time(plan, rhythm), served_since};
}

Place when_taken(Place place, Rhythm const& rhythm, Instant now) {
    place.taken_at = now;
    place.check_at = now + give_back_after(rhythm);
    return place;
}

bool goes_back(Place const& place, Rhythm const& rhythm, Instant now) {
    return place.wave > 0 && !place.handed_out_at && place.judged == Judged::unsettled &&
           now >= place.taken_at + give_back_after(rhythm);
}

Place when_handed_out(Place place, Tempo const& tempo, Instant now) {
    place.handed_out_at = now;
    place.check_at = now + tempo.silence;
    return place;
}

Place when_looked_at(Place place, Plan const& plan, Tempo const& tempo, Signs const& signs,
                     Instant now) {
    auto const before = place.judged;
    place.in_flight = signs.state && !upgrade::is_final(*signs.state);
    if (signs.state == upgrade::State::succeeded && !place.succeeded_at) {
        place.succeeded_at = signs.ended_at.value_or(now);
    }
    place.judged = judged_now(place, plan, tempo, signs, now);
    if (place.judged != before) place.judged_at = now;
    if (place.judged == Judged::unsettled) place.judged_at.reset();
    place.aligned = is_aligned(place, tempo, now);
    bool const fails_unjudged = place.judged == Judged::unsettled && signs.state &&
                                upgrade::is_final(*signs.state) &&
                                signs.state != upgrade::State::succeeded;
    place.retry_at.reset();
    if (fails_unjudged) place.retry_at = signs.ended_at.value_or(now) + plan.retry.after;
    place.check_at = next_check(place, tempo, signs, now);
    return place;
}

Place when_tried_again(Place place, UpgradeId upgrade, Rhythm const& rhythm, Instant now) {
    place.upgrade = upgrade;
    place.in_flight = true;
    ++place.tries;
    place.judged = Judged::unsettled;
    place.judged_at.reset();
    place.aligned = false;
    place.succeeded_at.reset();
    place.retry_at.reset();
    place.check_at = now + give_back_after(rhythm);
    return place;
}

bool reverts(Place const& place, Plan const& plan, Reported reported, Instant now) {
    bool const can = place.judged == Judged::good || place.judged == Judged::unsettled ||
                     place.judged == Judged::silent;
    return can && reported == Reported::other && place.succeeded_at &&
           now < *place.succeeded_at + plan.revert_watch;
}

Place when_reverted(Place place, Tempo const& tempo, Instant now) {
    place.judged = Judged::reverted;
    place.judged_at = now;
    place.aligned = is_aligned(place, tempo, now);
    place.retry_at.reset();
    place.check_at.reset();
    if (!place.aligned) place.check_at = *place.handed_out_at + tempo.settle;
    return place;
}

}  // namespace updraft::rollout
