// The course an upgrade can take: which event leads from which state to which.
//
// Lives here: states × events as one table, and what it promises, checked by the compiler.
// Not here:   who raises an event (feedback.h, cancel.h, expire.h, …), recording it (record.h).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "upgrade/upgrade.h"

namespace updraft::upgrade {

enum class Event : std::uint8_t {
    fetched,         // The device fetched what it is to do.
    bytes_began,     // The first byte was served, or it says that it downloads.
    bytes_ended,     // The last byte was served, or it says that it has all.
    working,         // Any other sign of work.
    succeeded,       // It says success, and that is enough.
    claims_success,  // It says success, and has yet to report the version.
    failed,          // It says failure, for good; or it refused.
    called_off,      // It stopped by itself.
    version_proven,  // It reports the target version.
    version_wrong,   // It reports a third one.
    cancel_asked,    // Somebody wants it stopped.
    cancel_agreed,   // The device has stopped.
    cancel_refused,  // The device goes on.
    silence,         // Its due time came and nothing had been heard.
    ended_by_us,     // Forced, withdrawn or unbound.
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

// One row for each state, one column for each event, in the order of the enums. The same state
// means that nothing happens. `cancelling` × cancel_refused goes back to where it was (Course).
inline constexpr std::array<std::array<State, event_count>, state_count> table{{
    // fet  beg  end  wrk  suc  cla  fai  cof  prv  wrg  ask  agr  ref  sil  end
    {off, dng, dld, off, OK_, ver, NOK, CAN, que, que, CAN, que, que, EXP, CAN},  // queued
    {off, dng, dld, off, OK_, ver, NOK, CAN, off, off, can, off, off, NOK, CAN},  // offered
    {dng, dng, dld, dng, OK_, ver, NOK, CAN, dng, dng, can, dng, dng, NOK, CAN},  // downloading
    {dld, dld, dld, ins, OK_, ver, NOK, CAN, dld, dld, can, dld, dld, NOK, CAN},  // downloaded
    {ins, ins, ins, ins, OK_, ver, NOK, CAN, ins, ins, can, ins, ins, NOK, CAN},  // installing
    {ver, ver, ver, ver, OK_, ver, NOK, CAN, OK_, NOK, can, ver, ver, NOK, CAN},  // verifying
    {can, can, can, can, OK_, ver, NOK, CAN, can, can, can, CAN, can, NOK, CAN},  // cancelling
    {OK_, OK_, OK_, OK_, OK_, OK_, OK_, OK_, OK_, OK_, OK_, OK_, OK_, OK_, OK_},  // succeeded
    {NOK, NOK, NOK, NOK, NOK, NOK, NOK, NOK, NOK, NOK, NOK, NOK, NOK, NOK, NOK},  // failed
    {CAN, CAN, CAN, CAN, CAN, CAN, CAN, CAN, CAN, CAN, CAN, CAN, CAN, CAN, CAN},  // cancelled
    {EXP, EXP, EXP, EXP, EXP, EXP, EXP, EXP, EXP, EXP, EXP, EXP, EXP, EXP, EXP},  // expired
}};
}  // namespace lifecycle_words

// Where an upgrade stands, and, while cancelling, where it would go on from.
struct Course {
    State state = State::queued;
    State resume = State::queued;

    bool operator==(Course const&) const = default;
};

[[nodiscard]] constexpr State after(State state, Event event) {
    return lifecycle_words::table[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)];
}

// While cancelling, the device's work goes on underneath: phases move `resume`, and a version that
// ends the verification underneath ends it all.
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

// True for states in which the device is at it: a gateway's turn is taken.
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
