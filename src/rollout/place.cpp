#include "rollout/place.h"

#include <array>

namespace updraft::rollout {
namespace {

constexpr std::array sums{&Tally::taken,     &Tally::canaries,    &Tally::handed_out,
                          &Tally::in_flight, &Tally::good,        &Tally::failed,
                          &Tally::silent,    &Tally::reverted,    &Tally::unreached,
                          &Tally::neutral,   &Tally::aligned_bad, &Tally::aligned_unreached};

}  // namespace

Tally& Tally::operator+=(Tally const& more) {
    for (auto const sum : sums) this->*sum += more.*sum;
    return *this;
}

Tally& Tally::operator-=(Tally const& less) {
    for (auto const sum : sums) this->*sum -= less.*sum;
    return *this;
}

Tally tally_of(Place const& place) {
    Tally one;
    if (place.judged == Judged::neutral) {
        one.neutral = 1;
        return one;
    }
    one.taken = 1;
    one.canaries = place.canary ? 1 : 0;
    one.handed_out = place.handed_out_at ? 1 : 0;
    one.in_flight = place.in_flight ? 1 : 0;
    one.good = place.judged == Judged::good ? 1 : 0;
    one.failed = place.judged == Judged::failed ? 1 : 0;
    one.silent = place.judged == Judged::silent ? 1 : 0;
    one.reverted = place.judged == Judged::reverted ? 1 : 0;
    one.unreached = place.judged == Judged::unreached ? 1 : 0;
    one.aligned_bad = place.aligned && is_bad(place.judged) ? 1 : 0;
    one.aligned_unreached = place.aligned && place.judged == Judged::unreached ? 1 : 0;
    return one;
}

}  // namespace updraft::rollout
