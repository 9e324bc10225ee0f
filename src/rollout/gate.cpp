#include "rollout/gate.h"

#include <algorithm>
#include <cmath>

namespace updraft::rollout {
namespace {

// Rates of failure that the evidence speaks for, as multiples of the limit. A coarser grid misses
// builds that are only a little worse than the limit.
constexpr auto multiples =
    std::to_array<double>({1.25, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96});
constexpr double rate_max = 0.95;
constexpr double shown_max = 1e300;

std::int64_t not_known_bad(Tally const& total) {
    return std::max<std::int64_t>(total.handed_out - total.bad(), 0);
}

double halt_threshold(Plan const& plan) { return 100 / plan.false_alarm_percent; }

std::optional<std::int64_t> smaller(std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
    if (!a || !b) return a ? a : b;
    return std::min(*a, *b);
}

// A number of bad ones among `judged` is none that could be.
std::optional<std::int64_t> up_to(std::int64_t judged, std::optional<std::int64_t> bad) {
    return bad && *bad <= judged ? bad : std::nullopt;
}

}  // namespace

Gate::Gate(double limit_percent) {
    auto const limit = limit_percent / 100;
    double last = 0;
    for (auto const multiple : multiples) {
        auto const rate = std::min(rate_max, multiple * limit);
        if (rate == last) break;
        last = rate;
        rates_[count_++] = {std::log(rate / limit), std::log((1 - rate) / (1 - limit))};
    }
}

double Gate::log_evidence(std::int64_t bad, std::int64_t good) const {
    std::array<double, multiples.size()> logs{};
    auto largest = -HUGE_VAL;
    for (std::size_t i = 0; i < count_; ++i) {
        logs[i] = static_cast<double>(bad) * rates_[i].log_bad +
                  static_cast<double>(good) * rates_[i].log_good;
        largest = std::max(largest, logs[i]);
    }
    double sum = 0;
    for (std::size_t i = 0; i < count_; ++i) sum += std::exp(logs[i] - largest);
    return largest + std::log(sum / static_cast<double>(count_));
}

// The evidence grows with each bad one in place of a good one.
std::optional<std::int64_t> Gate::reached_at(std::int64_t judged, double threshold) const {
    auto const wanted = std::log(threshold);
    if (log_evidence(judged, 0) < wanted) return std::nullopt;
    std::int64_t below = -1;  // This many, or fewer, are not enough; `enough` are.
    std::int64_t enough = judged;
    while (enough - below > 1) {
        auto const middle = below + (enough - below) / 2;
        (log_evidence(middle, judged - middle) < wanted ? below : enough) = middle;
    }
    return enough;
}

std::optional<HaltReason> judge(Plan const& plan, Tally const& total) {
    Gate const gate(plan.failure_limit_percent);
    if (gate.log_evidence(total.aligned_bad, total.good) >= std::log(halt_threshold(plan))) {
        return HaltReason::failing;
    }
    if (total.bad() > 0 &&
        gate.log_evidence(total.bad(), not_known_bad(total)) >= std::log(tripwire)) {
        return HaltReason::failing_fast;
    }
    if (plan.harmed_max && total.bad() >= *plan.harmed_max) return HaltReason::harmed;
    auto const settled = total.settled();
    if (settled >= unreachable_least &&
        static_cast<double>(total.aligned_unreached) * 100 >
            plan.unreached_limit_percent * static_cast<double>(settled)) {
        return HaltReason::unreachable;
    }
    return std::nullopt;
}

GateView view_of_gate(Plan const& plan, Tally const& total) {
    Gate const gate(plan.failure_limit_percent);
    GateView view;
    view.evidence = std::min(std::exp(gate.log_evidence(total.aligned_bad, total.good)), shown_max);
    view.halt_at = halt_threshold(plan);
    view.good = total.good;
    view.bad = total.aligned_bad;
    auto const judged = view.good + view.bad;
    auto const fast = gate.reached_at(std::max(total.handed_out, judged), tripwire);
    view.halts_at_bad = smaller(gate.reached_at(judged, view.halt_at),
                                smaller(up_to(judged, fast), up_to(judged, plan.harmed_max)));
    return view;
}

}  // namespace updraft::rollout
