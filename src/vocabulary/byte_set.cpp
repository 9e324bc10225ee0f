#include "vocabulary/byte_set.h"

#include <algorithm>

namespace updraft {

void ByteSet::add(ByteRange added) {
    if (added.count() <= 0) return;
    // The ranges that overlap or touch the added one become one range with it.
    auto const first = std::ranges::lower_bound(ranges_, added.from, {}, &ByteRange::to);
    auto last = first;
    for (; last != ranges_.end() && last->from <= added.to; ++last) {
        added.from = std::min(added.from, last->from);
        added.to = std::max(added.to, last->to);
        count_ -= last->count();
    }
    count_ += added.count();
    if (first == last) {
        ranges_.insert(first, added);
        if (ranges_.size() > ranges_max) drop_the_shortest();
        return;
    }
    *first = added;
    ranges_.erase(first + 1, last);
}

void ByteSet::add(ByteSet const& others) {
    if (ranges_.empty()) {
        *this = others;
        return;
    }
    for (auto const& range : others.ranges_) add(range);
}

void ByteSet::drop_the_shortest() {
    auto const shortest = std::ranges::min_element(ranges_, {}, &ByteRange::count);
    count_ -= shortest->count();
    ranges_.erase(shortest);
}

}  // namespace updraft
