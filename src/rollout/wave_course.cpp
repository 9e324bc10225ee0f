#include "rollout/wave_course.h"

#include <algorithm>

#include "rollout/growth.h"

namespace updraft::rollout {
namespace {

std::int64_t number_of(std::size_t index) { return static_cast<std::int64_t>(index) + 1; }

std::int64_t places_of(Wave const& wave, std::int64_t audience) {
    if (wave.devices) return *wave.devices;
    auto const parts = audience * wave.millionths.value_or(0);
    return parts / whole + (parts % whole == 0 ? 0 : 1);
}

// How many must have a place for the wave to be full; absent: not known yet.
std::optional<std::int64_t> full_size(Rollout const& rollout, std::size_t index) {
    auto const places = rollout.waves[index].places;
    if (!places) return std::nullopt;
    return std::min(*places, rollout.audience_count.value_or(*places));
}

// All its places belong to the waves before it.
bool has_no_places(Rollout const& rollout, std::size_t index) {
    if (index == 0) return false;
    auto const mine = full_size(rollout, index);
    auto const before = full_size(rollout, index - 1);
    return mine && before && *mine <= *before;
}

bool is_last(Rollout const& rollout, std::size_t index) {
    return index + 1 >= rollout.plan.waves.size();
}

// Devices may have been enrolled since an older count.
bool was_counted_since(Rollout const& rollout, std::optional<Instant> opened_at) {
    return !rollout.counted_at || !opened_at || *rollout.counted_at >= *opened_at;
}

// One device may always be lacking, but one must be settled.
bool is_settled(Tally const& wave, double share_percent) {
    auto const wanted = static_cast<double>(wave.handed_out) * share_percent / 100 - 1;
    return wave.settled() >= 1 && static_cast<double>(wave.settled()) >= wanted;
}

std::optional<Instant> soak_of_open(Rollout const& rollout,
                                    std::optional<Instant> middle_handed_out_at) {
    auto const& course = rollout.waves[*rollout.wave];
    auto const from = course.full_at ? course.full_at : middle_handed_out_at;
    if (!from) return std::nullopt;
    return *from + rollout.plan.waves[*rollout.wave].soak;
}

// Why the open wave does not pass.
enum class Lack : std::uint8_t { nothing, count, hand_outs, settled, soak, gap, devices };

Lack lack_of(Rollout const& rollout, WaveFacts const& facts, Instant now) {
    auto const index = *rollout.wave;
    bool const counted = was_counted_since(rollout, rollout.waves[index].opened_at);
    if (now < facts.tempo.served_since + facts.tempo.silence) return Lack::gap;
    if (has_no_places(rollout, index)) return counted ? Lack::nothing : Lack::count;
    auto const wave = total_of_wave(facts.tallies, number_of(index));
    bool const idle = facts.idle_since && now >= *facts.idle_since + facts.tempo.settle;
    if (is_last(rollout, index)) {
        auto const taken = total_up_to_wave(facts.tallies, number_of(index)).taken;
        auto const size = full_size(rollout, index);
        if (!idle && !(counted && size && taken >= *size)) return Lack::devices;
        if (wave.handed_out == 0 && idle) return Lack::nothing;
    }
    if (wave.handed_out == 0) return Lack::hand_outs;
    if (!is_settled(wave, rollout.plan.pass_share_percent)) return Lack::settled;
    auto const soak_over = soak_of_open(rollout, facts.middle_handed_out_at);
    return soak_over && now >= *soak_over ? Lack::nothing : Lack::soak;
}

std::string of_wave(Rollout const& rollout) {
    return "wave " + std::to_string(*rollout.wave + 1) + " of " +
           std::to_string(rollout.plan.waves.size());
}

std::string sentence_of(Lack lack, Rollout const& rollout, Tally const& wave) {
    auto const name = of_wave(rollout);
    switch (lack) {
        case Lack::nothing:
            return name + " has passed";
        case Lack::count:
            return name + ": the audience is being counted";
        case Lack::hand_outs:
            return name + ": no device has fetched the release";
        case Lack::settled:
            return name + ": " + std::to_string(wave.settled()) + " of " +
                   std::to_string(wave.handed_out) +
                   " devices are settled; as many as passShare says must be";
        case Lack::soak:
            return name + " soaks";
        case Lack::gap:
            return name +
                   ": the server was away or its clock jumped; it first listens for the "
                   "silence limit";
        case Lack::devices:
            return name + ": devices of it have not taken their places";
    }
    return name;
}

NextStep step_of_running(Rollout const& rollout, WaveFacts const& facts, Instant now) {
    auto const index = *rollout.wave;
    auto const lack = lack_of(rollout, facts, now);
    auto const wave = total_of_wave(facts.tallies, number_of(index));
    NextStep next;
    next.what = is_last(rollout, index) ? Step::finish : Step::open_wave;
    next.because = sentence_of(lack, rollout, wave);
    if (lack == Lack::soak) next.when = soak_of_open(rollout, facts.middle_handed_out_at);
    if (lack == Lack::gap) next.when = facts.tempo.served_since + facts.tempo.silence;
    if (lack == Lack::nothing) next.when = now;
    if (lack == Lack::nothing && passing(rollout, facts, now) == Passing::asks_approval) {
        next = {Step::approve, {}, next.because + "; the next one opens by next-wave"};
    }
    return next;
}

std::string sentence_of(std::optional<HaltReason> reason) {
    auto const word = reason ? word_in(halt_reason_words, *reason) : "";
    return "it was halted (" + std::string(word) + ")";
}

}  // namespace

void open_first_wave(Rollout& rollout, Instant now) {
    rollout.waves.assign(rollout.plan.waves.size(), {});
    rollout.wave = 0;
    rollout.waves.front().opened_at = now;
    set_places(rollout);
}

void set_places(Rollout& rollout) {
    std::int64_t least = 0;
    for (std::size_t i = 0; i < rollout.waves.size(); ++i) {
        auto& places = rollout.waves[i].places;
        auto const& wave = rollout.plan.waves[i];
        if (!wave.devices && !rollout.audience_count) continue;
        auto const wanted = places_of(wave, rollout.audience_count.value_or(0));
        places = std::max({places.value_or(0), wanted, least});
        least = *places;
    }
}

void note_full(Rollout& rollout, std::span<WaveTally const> tallies, Instant now) {
    if (!rollout.wave || *rollout.wave >= rollout.waves.size()) return;
    auto& course = rollout.waves[*rollout.wave];
    auto const size = full_size(rollout, *rollout.wave);
    auto const handed_out = total_up_to_wave(tallies, number_of(*rollout.wave)).handed_out;
    bool const full = size && handed_out >= *size && handed_out > 0;
    if (!full) course.full_at.reset();
    if (full && !course.full_at) course.full_at = now;
}

Passing passing(Rollout const& rollout, WaveFacts const& facts, Instant now) {
    if (!rollout.wave || *rollout.wave >= rollout.waves.size()) return Passing::not_yet;
    if (lack_of(rollout, facts, now) != Lack::nothing) return Passing::not_yet;
    if (is_last(rollout, *rollout.wave)) return Passing::finishes;
    return rollout.plan.waves[*rollout.wave + 1].approval ? Passing::asks_approval
                                                          : Passing::passes;
}

void pass_wave(Rollout& rollout, Instant now) {
    auto const index = *rollout.wave;
    rollout.waves[index].passed_at = now;
    if (is_last(rollout, index)) {
        rollout.state = State::finished;
        rollout.ended_at = rollout.changed_at = now;
        return;
    }
    rollout.wave = index + 1;
    rollout.waves[index + 1].opened_at = now;
}

WaveState state_of_wave(Rollout const& rollout, std::size_t index) {
    if (index >= rollout.waves.size()) return WaveState::waiting;
    auto const& course = rollout.waves[index];
    if (course.passed_at) return WaveState::passed;
    if (!course.opened_at) return WaveState::waiting;
    return course.full_at ? WaveState::soaking : WaveState::open;
}

std::optional<Instant> soak_until(Rollout const& rollout, std::size_t index) {
    if (state_of_wave(rollout, index) != WaveState::soaking) return std::nullopt;
    return *rollout.waves[index].full_at + rollout.plan.waves[index].soak;
}

NextStep next_step(Rollout const& rollout, WaveFacts const& facts, Instant now) {
    switch (rollout.state) {
        case State::draft:
            return {Step::submit, {}, "it is a draft"};
        case State::waiting_approval:
            return {Step::approve, {}, "it waits for the approval of another operator"};
        case State::scheduled:
            return {Step::start, rollout.start_at, "it is scheduled"};
        case State::running:
            if (rollout.wave && *rollout.wave < rollout.waves.size()) {
                return step_of_running(rollout, facts, now);
            }
            return {Step::start, {}, "its first wave is about to open"};
        case State::paused:
            return {Step::resume, {}, "it was paused"};
        case State::halted:
            return {Step::resume, {}, sentence_of(rollout.reason)};
        case State::stopping:
            return {Step::stop, {}, "upgrades of it are being stopped"};
        case State::stopped:
            return {Step::none, {}, "it was stopped"};
        case State::finished:
            return {Step::none, {}, "all waves have passed"};
    }
    return {};
}

}  // namespace updraft::rollout
