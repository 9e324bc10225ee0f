#include "simulator/later_fault.h"

#include <utility>

namespace updraft::simulator {
namespace {

constexpr int polls_before_fallback = 2;

}  // namespace

void LaterFault::plan(Ending const& ending, std::string const& old_version, Instant now) {
    *this = {};
    if (ending.after) at_ = now + *ending.after;
    vanishes_ = ending.outcome == Outcome::silence && ending.after;
    if (ending.outcome != Outcome::fallback) return;
    old_version_ = old_version;
    polls_left_ = polls_before_fallback;
}

bool LaterFault::vanishes_before(Instant next) const { return vanishes_ && next >= *at_; }

std::optional<std::string> LaterFault::falls_back(Instant now) {
    if (!old_version_) return std::nullopt;
    auto const is_time = at_ ? now >= *at_ : --polls_left_ <= 0;
    if (!is_time) return std::nullopt;
    return std::exchange(old_version_, std::nullopt);
}

}  // namespace updraft::simulator
