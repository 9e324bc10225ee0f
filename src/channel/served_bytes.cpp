#include "channel/served_bytes.h"

#include <algorithm>
#include <utility>

#include "upgrade/serving.h"

namespace updraft::channel {
namespace {

// Upgrades in one transaction.
constexpr std::size_t served_batch_max = 200;

}  // namespace

ByteSet ServedTally::hand_out(Tally& tally, Instant now) {
    tally.unwritten = 0;
    tally.written_at = now;
    return tally.known;
}

// True when enough was sent since the last write, or a byte has waited too long.
bool ServedTally::is_due(Tally const& tally, Instant now) const {
    auto const passed = [now](Instant since, Millis time) {
        return now - since >= time || now < since;
    };
    auto const worth_it = tally.unwritten * 100 >= tally.whole * step_percent;
    return (worth_it && passed(tally.written_at, pause)) ||
           passed(tally.unwritten_since, overdue_after_);
}

// What was written is read from the store again. If that is not enough, all is dropped: then only
// progress and the end of the download may be noticed late, by the device's own reports.
void ServedTally::make_room() {
    std::erase_if(tallies_, [](auto const& one) { return one.second.unwritten == 0; });
    ranges_ = 0;
    for (auto const& [id, tally] : tallies_) ranges_ += tally.known.ranges().size();
    if (tallies_.size() < tallies_max / 2 && ranges_ < ranges_max / 2) return;
    tallies_.clear();
    ranges_ = 0;
}

std::optional<ByteSet> ServedTally::add(UpgradeId id, Sent const& sent, Instant now) {
    std::scoped_lock const lock(mutex_);
    if (tallies_.size() >= tallies_max || ranges_ >= ranges_max) make_room();
    auto& tally = tallies_[id];
    auto const known_before = tally.known.count();
    auto const first = known_before == 0;
    auto const ranges_before = tally.known.ranges().size();
    auto const complete_before = tally.known.covers(sent.whole);
    for (auto const& range : sent.ranges) tally.known.add(range);
    ranges_ = ranges_ - ranges_before + tally.known.ranges().size();
    if (tally.unwritten == 0) tally.unwritten_since = now;
    // Less than before when a range was dropped for the new one.
    tally.unwritten += std::max<std::int64_t>(tally.known.count() - known_before, 0);
    tally.whole = sent.whole;
    if (tally.unwritten == 0) return std::nullopt;

    auto const completed = !complete_before && tally.known.covers(sent.whole);
    if (!first && !completed && !sent.broke_off && !is_due(tally, now)) return std::nullopt;
    return hand_out(tally, now);
}

std::optional<ByteSet> ServedTally::wrote(UpgradeId id, Result<ByteSet> const& stored) {
    std::scoped_lock const lock(mutex_);
    auto const found = tallies_.find(id);
    if (found == tallies_.end()) return std::nullopt;
    auto& tally = found->second;
    if (!stored) {
        tally.unwritten = std::max<std::int64_t>(tally.unwritten, 1);
        return std::nullopt;
    }
    ranges_ -= tally.known.ranges().size();
    tally.known.add(*stored);
    if (stored->covers(tally.whole)) {
        tallies_.erase(found);
        return std::nullopt;
    }
    ranges_ += tally.known.ranges().size();
    if (tally.unwritten == 0 || !tally.known.covers(tally.whole)) return std::nullopt;
    return hand_out(tally, tally.written_at);
}

std::vector<ServedTally::Overdue> ServedTally::take_unwritten(Which which, std::size_t limit,
                                                              Instant now) {
    std::scoped_lock const lock(mutex_);
    std::vector<Overdue> taken;
    for (auto& [id, tally] : tallies_) {
        if (taken.size() == limit) break;
        auto const due = which == Which::all || is_due(tally, now);
        if (tally.unwritten > 0 && due) taken.push_back({id, hand_out(tally, now)});
    }
    return taken;
}

Result<std::size_t> write_served(Store& store, upgrade::Means const& means, ServedTally& tally,
                                 ServedTally::Which which, Instant now) {
    std::size_t count = 0;
    auto batch = tally.take_unwritten(which, served_batch_max, now);
    while (!batch.empty()) {
        std::vector<ByteSet> stored;
        auto const written = store.write([&](Tx& tx) -> Result<void> {
            stored.clear();
            for (auto const& [id, bytes] : batch) {
                TRY_ASSIGN(auto all, upgrade::served(tx, means, id, bytes, now));
                stored.push_back(std::move(all));
            }
            return {};
        });
        std::vector<ServedTally::Overdue> next;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            auto more = tally.wrote(batch[i].id, written ? Result<ByteSet>(std::move(stored[i]))
                                                         : Result<ByteSet>(pass(written)));
            if (more) next.push_back({batch[i].id, *std::move(more)});
        }
        TRY(written);
        count += batch.size();
        if (next.empty() && batch.size() >= served_batch_max) {
            next = tally.take_unwritten(which, served_batch_max, now);
        }
        batch = std::move(next);
    }
    return count;
}

}  // namespace updraft::channel
