#include "rollout/growth.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "rollout/gate.h"

namespace updraft::rollout {
namespace {

template <class Wanted>
Tally sum_of(std::span<WaveTally const> tallies, Wanted wanted) {
    Tally sum;
    for (auto const& one : tallies) {
        if (wanted(one)) sum += one.tally;
    }
    return sum;
}

// Places that canaries keep, who have not come.
std::int64_t kept_for_canaries(Rollout const& rollout, Tally const& taken, Instant now) {
    if (rollout.wave != std::size_t{0}) return 0;
    auto const& course = rollout.waves.front();
    if (!course.opened_at || now >= *course.opened_at + rollout.plan.waves.front().soak) return 0;
    return std::max<std::int64_t>(rollout.canary_count - taken.canaries, 0);
}

// How many settled good ones make room. While the evidence speaks against the build, they are
// divided by it: what is on its way when the gate halts is harmed as well.
std::int64_t proven_by(Plan const& plan, Tally const& total) {
    if (total.aligned_bad == 0) return total.good;
    Gate const gate(plan.failure_limit_percent);
    auto const doubt = std::max(gate.log_evidence(total.aligned_bad, total.good), 0.0);
    return static_cast<std::int64_t>(static_cast<double>(total.good) * std::exp(-doubt));
}

}  // namespace

Tally total_of_epoch(std::span<WaveTally const> tallies, std::int64_t epoch) {
    return sum_of(tallies, [&](WaveTally const& one) { return one.epoch == epoch; });
}

std::int64_t in_flight_of_all(std::span<WaveTally const> tallies) {
    std::int64_t in_flight = 0;
    for (auto const& one : tallies) in_flight += one.tally.in_flight;
    return in_flight;
}

Tally total_of_wave(std::span<WaveTally const> tallies, std::int64_t wave) {
    return sum_of(tallies, [&](WaveTally const& one) { return one.wave == wave; });
}

Tally total_up_to_wave(std::span<WaveTally const> tallies, std::int64_t wave) {
    return sum_of(tallies, [&](WaveTally const& one) { return one.wave >= 1 && one.wave <= wave; });
}

std::int64_t places_left_in_wave(Rollout const& rollout, std::span<WaveTally const> tallies,
                                 For whom, Instant now) {
    if (rollout.state == State::finished) return no_limit;
    if (!rollout.wave || *rollout.wave >= rollout.waves.size()) return 0;
    auto const places = rollout.waves[*rollout.wave].places;
    if (!places) return 0;
    auto const taken = total_up_to_wave(tallies, static_cast<std::int64_t>(waves_max));
    auto left = *places - taken.taken;
    if (whom == For::others) left -= kept_for_canaries(rollout, taken, now);
    return std::max<std::int64_t>(left, 0);
}

Room room(Plan const& plan, Tally const& total, Supply const& supply) {
    auto const proven = std::max(plan.first_unproven, proven_by(plan, total));
    std::array const limits{
        Room{supply.wave_places, Bound::wave},
        Room{supply.starts, Bound::rate},
        Room{plan.in_flight_max - total.in_flight, Bound::in_flight},
        Room{supply.free_downloads, Bound::downloads},
        Room{proven - total.unproven(), Bound::unproven},
    };
    auto smallest = *std::ranges::min_element(limits, {}, &Room::places);
    smallest.places = std::max<std::int64_t>(smallest.places, 0);
    return smallest;
}

}  // namespace updraft::rollout
