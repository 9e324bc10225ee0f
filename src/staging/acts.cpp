#include "staging/acts.h"

#include <array>
#include <string>

#include "staging/course.h"

namespace updraft::staging {
namespace {

using rollout::Rollout;
using rollout::State;
using enum State;

constexpr std::uint32_t bit(State state) { return 1U << static_cast<unsigned>(state); }

// The states in which an act is possible, in the order of Act.
constexpr std::array<std::uint32_t, act_words.size()> possible_in{
    bit(draft),                                                                         // submit
    bit(draft) | bit(scheduled),                                                        // start
    bit(waiting_approval),                                                              // approve
    bit(waiting_approval),                                                              // deny
    bit(running),                                                                       // pause
    bit(paused) | bit(halted),                                                          // resume
    bit(waiting_approval) | bit(scheduled) | bit(running) | bit(paused) | bit(halted),  // stop
    bit(running),                                                                       // next_wave
};

std::string possible_acts(State state) {
    std::string acts;
    for (std::size_t i = 0; i < act_words.size(); ++i) {
        if (!is_possible(static_cast<Act>(i), state)) continue;
        if (!acts.empty()) acts += ", ";
        acts += act_words[i];
    }
    return acts.empty() ? "nothing is possible in it" : "possible in it: " + acts;
}

Result<void> need_acknowledgement(Act act, std::string const& what, Said const& said) {
    if (said.acknowledged && !said.note.empty()) return {};
    return fail(Errc::invalid, std::string(word_in(act_words, act)) + " of " + what +
                                   " needs \"acknowledge\":true and a note");
}

Result<void> check_next_wave(Rollout const& rollout, Said const& said, OpenWave wave) {
    if (!rollout.wave || !rollout.audience_count) {
        return fail(Errc::conflict, "no wave is open yet: its audience is being counted");
    }
    if (*rollout.wave + 1 >= rollout.waves.size()) {
        return fail(Errc::conflict, "the wave that is open is the last one");
    }
    if (wave == OpenWave::asks_approval) return {};
    return need_acknowledgement(Act::next_wave, "a wave that has not passed", said);
}

void begin_or_wait(Rollout& rollout, Instant now) {
    if (rollout.start_at && *rollout.start_at > now) {
        rollout.state = scheduled;
    } else {
        begin(rollout, now);
    }
}

}  // namespace

bool is_possible(Act act, State state) {
    return (possible_in[static_cast<std::size_t>(act)] & bit(state)) != 0;
}

Result<void> check(Rollout const& rollout, Act act, Said const& said, OpenWave wave) {
    if (!is_possible(act, rollout.state)) {
        return fail(Errc::conflict, "the rollout is " + std::string(word(rollout.state)) + "; " +
                                        possible_acts(rollout.state));
    }
    if (act == Act::next_wave) return check_next_wave(rollout, said, wave);
    if (act == Act::resume && rollout.state == halted) {
        return need_acknowledgement(act, "a rollout that was halted", said);
    }
    return {};
}

Rollout after(Rollout rollout, Act act, Approval approval, Instant now) {
    auto const before = rollout.state;
    switch (act) {
        case Act::submit:
        case Act::start:
            if (before == draft && approval == Approval::needed) {
                rollout.state = waiting_approval;
            } else if (before == draft) {
                begin_or_wait(rollout, now);
            } else {
                begin(rollout, now);
            }
            break;
        case Act::approve:
            begin_or_wait(rollout, now);
            break;
        case Act::deny:
            rollout.state = draft;
            break;
        case Act::pause:
            rollout.state = paused;
            break;
        case Act::resume:
            rollout.state = running;
            if (before == halted) begin_anew(rollout);
            break;
        case Act::stop:
            stop(rollout, now);
            break;
        case Act::next_wave:
            open_next_wave(rollout, now);
            break;
    }
    return rollout;
}

void stop(Rollout& rollout, Instant now) {
    rollout.state = rollout.started_at ? stopping : stopped;
    rollout.reason.reset();
    if (rollout.state == stopped) rollout.ended_at = now;
}

}  // namespace updraft::staging
