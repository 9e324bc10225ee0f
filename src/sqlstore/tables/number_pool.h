// A pool of numbers of a sequence: a transaction takes them one by one, and they are fetched
// together.
//
// Lives here: fetching as many numbers as the last transaction needed.
// Not here:   the source of numbers (tables/sequences).
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "vocabulary/result.h"

namespace updraft::sqlstore {

// Used by one thread at a time. Numbers that are left at the end of a transaction are not used:
// there may be gaps, but a later transaction gets higher numbers.
class NumberPool {
public:
    // Answers the first of `count` consecutive numbers of that sequence.
    using Fetch =
        std::function<Result<std::int64_t>(std::string_view sequence, std::int64_t count)>;

    explicit NumberPool(Fetch fetch) : fetch_(std::move(fetch)) {}

    // To be called before every transaction: the numbers that the last one left may have been
    // rolled back with it.
    void begin() {
        expected_ = std::exchange(taken_, 0);
        left_ = 0;
    }
    Result<std::int64_t> take(std::string_view sequence, std::int64_t count) {
        if (count != 1) return fetch_(sequence, count);
        if (left_ == 0 || sequence != sequence_) {
            left_ = std::max<std::int64_t>(1, expected_ - taken_);
            sequence_ = sequence;
            auto fetched = fetch_(sequence, left_);
            if (!fetched) left_ = 0;
            if (!fetched) return fetched;
            next_ = *fetched;
        }
        --left_;
        ++taken_;
        return next_++;
    }

private:
    Fetch const fetch_;
    std::string sequence_;
    std::int64_t next_ = 0;
    std::int64_t left_ = 0;
    std::int64_t taken_ = 0;
    std::int64_t expected_ = 0;
};

}  // namespace updraft::sqlstore
