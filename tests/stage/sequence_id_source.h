// Ids and tokens that are the same in every run.
//
// Lives here: the tests' IdSource.
//
// Not here:   the system's source (app/process/system_id_source.h).
#pragma once

#include <mutex>

#include "ports/id_source.h"

namespace updraft::stage {

// A pseudo-random sequence (splitmix64), so that ids differ from each other. Another seed gives
// another sequence. Safe to use from any thread. Not for real keys.
class SequenceIdSource final : public IdSource {
public:
    explicit SequenceIdSource(std::uint64_t seed = 1) : state_(seed) {}

    void fill(std::span<std::uint8_t> bytes) override {
        std::scoped_lock const lock(mutex_);
        std::uint64_t word = 0;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            if (i % 8 == 0) word = next();
            bytes[i] = static_cast<std::uint8_t>(word >> (i % 8 * 8));
        }
    }

private:
    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15U;
        auto mixed = state_;
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9U;
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBU;
        return mixed ^ mixed >> 31;
    }

    std::mutex mutex_;
    std::uint64_t state_;
};

}  // namespace updraft::stage
