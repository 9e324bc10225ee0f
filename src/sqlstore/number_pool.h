// Numbers that one batch of transactions takes one by one, fetched together.
//
// Lives here: guessing how many a batch will need by how many the last one did.
// Not here:   where numbers come from (sequences, postgres_reach).
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "sqlstore/session.h"

namespace updraft::sqlstore {

// Used by one thread at a time. What is left at the end of a transaction is given to nobody:
// numbers may have gaps, but whoever comes later has the higher one.
class NumberPool final : public NumberSource {
public:
    // `source` outlives it.
    explicit NumberPool(NumberSource& source) : source_(source) {}

    void begin_batch() {
        expected_ = taken_;
        taken_ = 0;
        forget();
    }
    // Before every other transaction.
    void forget() { left_ = 0; }
    Result<std::int64_t> take(std::string_view sequence, std::int64_t count) override {
        if (count != 1) return source_.take(sequence, count);
        if (left_ == 0 || sequence != sequence_) {
            left_ = std::max<std::int64_t>(1, expected_ - taken_);
            sequence_ = sequence;
            auto fetched = source_.take(sequence, left_);
            if (!fetched) left_ = 0;
            if (!fetched) return fetched;
            next_ = *fetched;
        }
        --left_;
        ++taken_;
        return next_++;
    }

private:
    NumberSource& source_;
    std::string sequence_;
    std::int64_t next_ = 0;
    std::int64_t left_ = 0;
    std::int64_t taken_ = 0;
    std::int64_t expected_ = 0;
};

}  // namespace updraft::sqlstore
