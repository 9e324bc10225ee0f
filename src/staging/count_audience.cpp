#include "staging/count_audience.h"

#include <algorithm>

#include "firmware/eligibility.h"
#include "ports/devices_table.h"
#include "ports/releases_table.h"
#include "rollout/audience.h"
#include "rollout/bucket.h"
#include "rollout/presets.h"
#include "rollout/wave_course.h"

namespace updraft::staging {
namespace {

constexpr std::int64_t batch_devices = 10'000;

// The reasons by which a device is not meant.
bool is_meant(Reasons reasons) {
    constexpr std::array never{Reason::no_release,         Reason::not_upgradable,
                               Reason::already_on_version, Reason::newer_version,
                               Reason::offers_after,       Reason::needs_stepping_stone,
                               Reason::not_in_audience,    Reason::excluded};
    return std::ranges::none_of(never, [&](Reason reason) { return reasons.has(reason); });
}

// How many of the lowest buckets its count waves ask for.
std::size_t buckets_wanted(rollout::Rollout const& rollout) {
    std::int64_t most = 0;
    if (rollout.mode == rollout::Mode::install || rollout.wave) return 0;
    // A small audience gets other waves, all of which are below this.
    if (!rollout.plan.waves_given) most = rollout::small_audience_below;
    for (auto const& wave : rollout.plan.waves) most = std::max(most, wave.devices.value_or(0));
    return static_cast<std::size_t>(most);
}

void keep_lowest(std::vector<std::int64_t>& lowest, std::size_t wanted, std::int64_t bucket) {
    if (wanted == 0) return;
    if (lowest.size() == wanted && bucket >= lowest.front()) return;
    if (lowest.size() == wanted) {
        std::ranges::pop_heap(lowest);
        lowest.pop_back();
    }
    lowest.push_back(bucket);
    std::ranges::push_heap(lowest);
}

// Canaries come first, whatever their bucket, and have places of these waves.
void set_buckets(rollout::Rollout& rollout, AudienceCount const& count) {
    auto lowest = count.lowest;
    std::ranges::sort(lowest);
    for (std::size_t i = 0; i < rollout.waves.size(); ++i) {
        auto const devices = rollout.plan.waves[i].devices;
        auto& most = rollout.waves[i].bucket_max;
        if (!devices || most) continue;
        auto const others = *devices - count.canaries;
        if (others <= 0) continue;
        auto const index = static_cast<std::size_t>(others) - 1;
        most = index < lowest.size() ? lowest[index] : rollout::bucket_count - 1;
    }
}

}  // namespace

Result<void> count_more(Tx const& tx, rollout::Rollout const& rollout, AudienceCount& count) {
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(rollout.model));
    auto const* const release = firmware::find_release(*catalog, rollout.release);
    if (release == nullptr) {
        count.complete = true;
        return {};
    }
    ModelWalk walk{.model = rollout.model, .after = count.after, .limit = batch_devices};
    for (auto const& [key, value] : rollout.audience.attributes) walk.attributes.push_back(key);
    auto const wanted = buckets_wanted(rollout);
    auto const look = [&](WalkedDevice const& walked) -> Result<bool> {
        auto const& device = walked.device;
        count.after = device.did;
        firmware::Candidate candidate(device);
        candidate.attributes = walked.attributes;
        firmware::Eligibility const eligibility(*catalog, candidate);
        if (!is_meant(eligibility.kept_from(*release, rollout::Beginning::by_itself))) return true;
        ++count.devices;
        if (rollout::is_canary(rollout.audience, device)) {
            ++count.canaries;
        } else if (wanted > 0) {
            keep_lowest(count.lowest, wanted, rollout::bucket_of(rollout.release, device.did));
        }
        return true;
    };
    TRY_ASSIGN(auto const looked, tx.devices().of_model(walk, look));
    count.complete = looked < batch_devices;
    return {};
}

void set_audience(rollout::Rollout& rollout, AudienceCount count, std::int64_t had, Instant now) {
    auto const counted = count.devices + had;
    rollout.audience_count = std::max(rollout.audience_count.value_or(0), counted);
    rollout.counted_at = now;
    if (!rollout.wave) {
        rollout.canary_count = count.canaries;
        rollout.plan = rollout::with_waves_at_start(std::move(rollout.plan), counted);
        rollout::open_first_wave(rollout, now);
        if (rollout.mode == rollout::Mode::offer) set_buckets(rollout, count);
    }
    rollout::set_places(rollout);
}

}  // namespace updraft::staging
