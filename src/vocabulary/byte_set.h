// Which bytes of a file: a set of positions, kept as ranges.
//
// Lives here: adding ranges in any order, the number of distinct bytes, and the limit of ranges.
//
// Not here:   which bytes were sent for an upgrade (channel/served_bytes.h, upgrade/serving.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace updraft {

// Positions from `from` up to, but not including, `to`.
struct ByteRange {
    std::int64_t from = 0;
    std::int64_t to = 0;

    [[nodiscard]] constexpr std::int64_t count() const { return to - from; }
    bool operator==(ByteRange const&) const = default;
};

// Adding at the end of the last range allocates nothing. Used by one thread at a time.
class ByteSet {
public:
    // When there would be more ranges, the shortest one is dropped: its bytes are not in the set.
    // Above a hundred thousand, adding in any order would be slow.
    static constexpr std::size_t ranges_max = 32'768;

    ByteSet() = default;
    // The first `count` bytes.
    explicit ByteSet(std::int64_t count) { add({0, count}); }

    // No effect for an empty range. Costs O(ranges) at most.
    void add(ByteRange added);
    void add(ByteSet const& others);

    // The number of distinct bytes.
    [[nodiscard]] std::int64_t count() const { return count_; }
    // True when the set is exactly the first count() bytes; also when it is empty.
    [[nodiscard]] bool is_a_beginning() const {
        return ranges_.empty() || (ranges_.size() == 1 && ranges_.front().from == 0);
    }
    // True when a file of that size has no byte outside of the set. False for an empty file.
    [[nodiscard]] bool covers(std::int64_t size) const {
        return size > 0 && !ranges_.empty() && ranges_.front().from <= 0 &&
               ranges_.front().to >= size;
    }
    // In order, without overlaps, with at least one byte between two of them.
    [[nodiscard]] std::span<ByteRange const> ranges() const { return ranges_; }

    bool operator==(ByteSet const&) const = default;

private:
    void drop_the_shortest();

    std::vector<ByteRange> ranges_;
    std::int64_t count_ = 0;
};

}  // namespace updraft
