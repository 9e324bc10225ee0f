// Whether a build fails more often than its rollout accepts. Pure.
//
// Lives here: the evidence against a build, and the rules that halt a rollout.
//
// Not here:   which outcomes are counted (rollout/outcome.h), halting (staging/).
//
// The evidence is a mixture of likelihood ratios. For a build that fails no more often than the
// limit, the probability that it ever reaches 1/a is at most a, however often it is looked at.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "rollout/place.h"
#include "rollout/plan.h"
#include "rollout/rollout.h"

namespace updraft::rollout {

class Gate {
public:
    // `limit_percent`: the share of failures that is accepted, above 0 and below 95.
    explicit Gate(double limit_percent);

    // The natural logarithm of the evidence E(bad, good). Neither may be negative.
    [[nodiscard]] double log_evidence(std::int64_t bad, std::int64_t good) const;
    // The smallest number of bad ones among `judged` whose evidence is at least `threshold`;
    // nothing when even all of them are not enough.
    [[nodiscard]] std::optional<std::int64_t> reached_at(std::int64_t judged,
                                                         double threshold) const;

private:
    struct Rate {
        double log_bad;   // log(p / limit)
        double log_good;  // log((1 - p) / (1 - limit))
    };
    std::array<Rate, 14> rates_{};
    std::size_t count_ = 0;
};

// The evidence at which bad news alone halts, counting who is not known to be bad as good.
inline constexpr double tripwire = 1'000;
// As many must have settled before unreached ones halt.
inline constexpr std::int64_t unreachable_least = 20;

// `total`: the sums over all waves of the rollout's epoch. Nothing: it may go on.
[[nodiscard]] std::optional<HaltReason> judge(Plan const& plan, Tally const& total);

// What operators see of the gate.
struct GateView {
    double evidence = 0;  // At most 1e300.
    double halt_at = 0;
    std::int64_t good = 0;  // Judged now.
    std::int64_t bad = 0;
    // How many bad ones among those judged now would halt it, by whichever rule; nothing: no number
    // would.
    std::optional<std::int64_t> halts_at_bad;
};
[[nodiscard]] GateView view_of_gate(Plan const& plan, Tally const& total);

}  // namespace updraft::rollout
