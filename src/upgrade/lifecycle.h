// The state machine of an upgrade. Pure.
//
// Lives here: one table of states × events, and its guarantees, which the compiler checks.
//
// Not here:   where events come from (feedback.h, cancel.h, expire.h, …), recording (record.h).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "upgrade/upgrade.h"

namespace updraft::upgrade {

enum class Event : std::uint8_t {
    fetched,         // The device fetched the description of the upgrade.
    bytes_began,     // Bytes were served, or the device reports that it is downloading.
    bytes_ended,     // The last byte was served, or the device reports that it has downloaded all.
    working,         // The device reports any other work.
    succeeded,       // The device reports success, and no verification is needed.
    claims_success,  // The device reports success, and must still report the target version.
    failed,          // The device reports that it failed or refused.
    called_off,      // The upgrade was stopped on the device.
    version_proven,  // The device reports the target version, which it did not run before.
    version_wrong,   // The device reports a version that is neither the target nor the old one.
    cancel_asked,    // A user or an operator wants to stop it.
    cancel_agreed,   // The device has stopped.
    cancel_refused,  // The device continues.
    silence,         // A timeout has passed: the device did not poll, or nothing has moved.
    ended_by_us,     // It was cancelled without asking the device.
};
inline constexpr std::size_t event_count = 15;

namespace lifecycle_words {
inline constexpr auto que = State::queued;
inline constexpr auto off = State::offered;
inline constexpr auto dng = State::downloading;
inline constexpr auto dld = State::downloaded;
inline constexpr auto ins = State::installing;
inline constexpr auto ver = State::verifying;
inline constexpr auto can = State::cancelling;
inline constexpr auto OK_ = State::succeeded;
inline constexpr auto NOK = State::failed;
inline constexpr auto CAN = State::cancelled;
inline constexpr auto EXP = State::expired;

// The next state: one row for each state, one column for each event, in the order of the enums. An
// entry that equals the row's state means no change. For `cancelling` × cancel_refused,
// after(Course) returns to the state before.
inline constexpr std::array<std::array<State, event_count>, state_count> table{{
    // fet  beg  end  wrk  suc  cla  fai  cof  prv  wrg  ask  agr  ref  sil  end
    {off, dng, dld, off, OK_, ver, NOK, CAN, OK_, que, CAN, que, que, EXP, CAN},  // queued
    {off, dng, dld, off, OK_, ver, NOK, CAN, OK_, off, can, off, off, NOK, CAN},  // offered
    {dng, dng, dld, dng, OK_, ver, NOK, CAN, OK_, dng, can, dng, dng, NOK, CAN},  // downloading
    {dld, dld, dld, ins, OK_, ver, NOK, CAN, OK_, dld, can, dld, dld, NOK, CAN},  // downloaded
    {ins, ins, ins, ins, OK_, ver, NOK, CAN, OK_, ins, can, ins, ins, NOK, CAN},  // installing
    {ver, ver, ver, ver, OK_, ver, NOK, CAN, OK_, NOK, can, ver, ver, NOK, CAN},  // verifying
    {can, can, can, can, OK_, ver, NOK, CAN, OK_, can, can, CAN, can, NOK, CAN},  // cancelling
    {OK_, OK_, OK_, OK_, OK_, OK_, OK_, OK_, OK_, OK_, OK_, OK_, OK_, OK_, OK_},  // succeeded
    {NOK, NOK, NOK, NOK, NOK, NOK, NOK, NOK, NOK, NOK, NOK, NOK, NOK, NOK, NOK},  // failed
    {CAN, CAN, CAN, CAN, CAN, CAN, CAN, CAN, CAN, CAN, CAN, CAN, CAN, CAN, CAN},  // cancelled
    {EXP, EXP, EXP, EXP, EXP, EXP, EXP, EXP, EXP, EXP, EXP, EXP, EXP, EXP, EXP},  // expired
}};
}  // namespace lifecycle_words

// The state of an upgrade; while cancelling, also the state to return to if the device refuses.
struct Course {
    State state = State::queued;
    State resume = State::queued;

    bool operator==(Course const&) const = default;
};

[[nodiscard]] constexpr State after(State state, Event event) {
    return lifecycle_words::table[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)];
}

// While cancelling, the device may continue to work: its events change `resume`. If `resume`
// becomes final by that (the verification ends), the upgrade ends.
[[nodiscard]] constexpr Course after(Course at, Event event) {
    auto const next = after(at.state, event);
    if (at.state != State::cancelling) {
        return {next, next == State::cancelling ? at.state : State::queued};
    }
    if (next != State::cancelling) return {next, State::queued};
    if (event == Event::cancel_refused) return {at.resume, State::queued};
    auto const underneath = event == Event::cancel_asked ? at.resume : after(at.resume, event);
    if (is_final(underneath)) return {underneath, State::queued};
    return {State::cancelling, underneath};
}

// True for states from `offered` to `cancelling`. In these, other devices of the gateway must wait.
[[nodiscard]] constexpr bool is_running(State state) {
    return state != State::queued && !is_final(state);
}

namespace lifecycle_promises {
constexpr bool everywhere(auto&& promise) {
    for (std::size_t s = 0; s < state_count; ++s) {
        for (std::size_t e = 0; e < event_count; ++e) {
            if (!promise(static_cast<State>(s), static_cast<Event>(e))) return false;
        }
    }
    return true;
}
static_assert(everywhere([](State s, Event e) { return !is_final(s) || after(s, e) == s; }),
              "a final state never changes");
static_assert(everywhere([](State s, Event e) {
                  return is_final(after(s, e)) || after(s, e) >= s || s == State::cancelling;
              }),
              "phases never go backwards");
static_assert(everywhere([](State s, Event e) {
                  return after(s, e) != State::queued || s == State::queued;
              }),
              "nothing goes back to queued");
static_assert(everywhere([](State s, Event e) {
                  return (after(s, e) == State::expired) ==
                         (s == State::expired || (s == State::queued && e == Event::silence));
              }),
              "only what was never fetched expires");
static_assert(everywhere([](State s, Event e) {
                  return e != Event::ended_by_us || is_final(s) || after(s, e) == State::cancelled;
              }),
              "we can always end it");
static_assert(everywhere([](State s, Event e) {
                  return e != Event::silence || is_final(after(s, e));
              }),
              "silence always ends it, so every upgrade ends");
}  // namespace lifecycle_promises

}  // namespace updraft::upgrade
