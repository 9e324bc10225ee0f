#include "usecases/preview_devices.h"

#include <algorithm>

#include "firmware/eligibility.h"
#include "fleet/contact.h"
#include "policy/effective.h"
#include "policy/hours.h"
#include "rollout/audience.h"
#include "rollout/bucket.h"
#include "rollout/presets.h"
#include "rollout/window.h"

namespace updraft::usecases {
namespace {

// Count waves behind so many devices have no examples.
constexpr std::size_t ranked_max = 10'000;
// Window and hours that do not meet in that time never meet.
constexpr Millis meeting_within = std::chrono::hours{24 * 15};

constexpr std::array never{Reason::no_release,         Reason::not_upgradable,
                           Reason::already_on_version, Reason::newer_version,
                           Reason::offers_after,       Reason::needs_stepping_stone,
                           Reason::not_in_audience,    Reason::excluded};

Reasons lasting(Reasons all) {
    Reasons kept;
    for (auto const reason : never) kept.set(reason, all.has(reason));
    return kept;
}

// Canaries come before all others.
std::int64_t rank_of(std::int64_t bucket, bool canary) {
    return canary ? bucket - rollout::bucket_count : bucket;
}

// What a share covers: ranks below this one.
std::int64_t end_of(rollout::Wave const& wave) { return wave.millionths.value_or(0); }

// The end of the largest share before that wave.
std::int64_t begin_of(rollout::Plan const& plan, std::size_t index) {
    std::int64_t begin = -rollout::bucket_count;
    for (std::size_t i = 0; i < index; ++i) {
        if (plan.waves[i].millionths) begin = std::max(begin, *plan.waves[i].millionths);
    }
    return begin;
}

// Until both are open, or the time is over.
bool meet(rollout::Window const& window, std::string_view window_zone, policy::Hours const& hours,
          std::string_view hours_zone, TimeZones const& zones, Instant now) {
    auto const until = now + meeting_within;
    for (auto at = now; at < until;) {
        auto const opens = rollout::window_at(window, window_zone, zones, at);
        auto const wants = policy::opening(hours, hours_zone, zones, at);
        if (opens.open && wants.open) return true;
        auto const next = opens.open ? std::optional(wants.next) : opens.next;
        if (!next || *next <= at) return false;
        at = *next;
    }
    return false;
}

}  // namespace

void FirstDevices::add(std::int64_t rank, Did const& did) {
    if (heap_.size() < count_max_) {
        heap_.emplace_back(rank, did);
        std::ranges::push_heap(heap_);
        return;
    }
    if (heap_.empty() || rank >= heap_.front().first) return;
    std::ranges::pop_heap(heap_);
    heap_.back() = {rank, did};
    std::ranges::push_heap(heap_);
}

std::vector<Did> FirstDevices::sorted(std::size_t skip, std::size_t count) const {
    auto all = heap_;
    std::ranges::sort(all);
    std::vector<Did> chosen;
    for (auto i = skip; i < all.size() && chosen.size() < count; ++i) {
        chosen.push_back(all[i].second);
    }
    return chosen;
}

DeviceCount::DeviceCount(firmware::Catalog const& catalog, firmware::Release const& release,
                         RolloutToPreview const& wanted, upgrade::Means const& means)
    : catalog_(catalog),
      release_(release),
      wanted_(wanted),
      means_(means),
      excluded_first_(reason_count, FirstDevices(preview_examples_max)),
      first_(ranked_max + preview_examples_max),
      in_share_(wanted.plan.waves.size(), 0),
      share_first_(wanted.plan.waves.size(), FirstDevices(preview_examples_max)) {}

DeviceCount::OfVersion const& DeviceCount::of_version(fleet::Device const& device) {
    std::pair key{device.version.value, device.offers_after ? device.offers_after->value : 0};
    auto const [place, is_new] = versions_.try_emplace(std::move(key));
    auto& made = place->second;
    if (!is_new) return made;
    firmware::Candidate const candidate(device);
    firmware::Eligibility const eligibility(catalog_, candidate);
    made.reasons = lasting(eligibility.kept_from(release_));
    auto const* const offer = eligibility.offer();
    made.reasons.set(Reason::newer_version, made.reasons.has(Reason::newer_version) ||
                                                (offer != nullptr && offer > &release_));
    if (auto const* const runs = eligibility.runs_now()) {
        made.names = runs->reported_as;
        made.names.push_back(runs->version);
    }
    return made;
}

Reasons DeviceCount::reasons_of(WalkedDevice const& walked, OfVersion const& runs) {
    auto const out = rollout::kept_out(
        wanted_.audience, wanted_.started_at,
        {.device = walked.device, .also_runs = runs.names, .attributes = &walked.attributes});
    if (out.empty()) ++meant_;
    auto reasons = runs.reasons;
    reasons.add(out);
    if (reasons.empty() && wanted_.mode == rollout::Mode::install) {
        auto const wish = policy::effective(walked.policies, walked.device.did, means_.time_zone);
        reasons.set(Reason::policy_off, wish.auto_upgrade == "0");
    }
    return reasons;
}

void DeviceCount::add(WalkedDevice const& walked, Millis polling, Instant now) {
    auto const& device = walked.device;
    auto const bucket = rollout::bucket_of(release_.id, device.did);
    auto const reason = reasons_of(walked, of_version(device)).first();
    if (reason) {
        auto const index = static_cast<std::size_t>(*reason);
        ++excluded_[index];
        excluded_first_[index].add(bucket, device.did);
        return;
    }
    if (fleet::contact_of(device.last_seen, polling, now) == fleet::Contact::silent) ++silent_;
    add_eligible(walked, rank_of(bucket, rollout::is_canary(wanted_.audience, device)), now);
}

void DeviceCount::add_eligible(WalkedDevice const& walked, std::int64_t rank, Instant now) {
    ++eligible_;
    first_.add(rank, walked.device.did);
    auto const& waves = wanted_.plan.waves;
    for (std::size_t i = 0; i < waves.size(); ++i) {
        if (!waves[i].millionths || rank >= end_of(waves[i])) continue;
        ++in_share_[i];
        if (rank >= begin_of(wanted_.plan, i)) share_first_[i].add(rank, walked.device.did);
    }
    if (!ever_meets(walked, now)) ++never_open_;
}

bool DeviceCount::ever_meets(WalkedDevice const& walked, Instant now) {
    auto const& window = wanted_.plan.window;
    if (!window || wanted_.mode != rollout::Mode::install) return true;
    auto const wish = policy::effective(walked.policies, walked.device.did, means_.time_zone);
    auto const hours = policy::read_hours(wish.upgrade_hours);
    if (!hours) return true;
    auto const zone = rollout::zone_of(*window, &walked.attributes, wish.time_zone, means_.zones);
    auto key = wish.upgrade_hours + '\n' + wish.time_zone + '\n' + std::string(zone);
    auto const [known, is_new] = meetings_.try_emplace(std::move(key), false);
    if (is_new) {
        known->second = meet(*window, zone, *hours, wish.time_zone, means_.zones, now);
    }
    return known->second;
}

// A share has at most its part of those who are meant, however the buckets fell.
std::int64_t DeviceCount::size_of(rollout::Wave const& wave, std::size_t index) const {
    if (wave.devices) return std::min(*wave.devices, eligible_);
    auto const share = wave.millionths.value_or(rollout::bucket_count);
    if (share >= rollout::bucket_count) return eligible_;
    auto const places = (share * meant_ + rollout::bucket_count - 1) / rollout::bucket_count;
    return std::min(in_share_[index], places);
}

void DeviceCount::write(Preview& preview) const {
    preview.eligible = eligible_;
    preview.audience = eligible_;
    for (std::size_t i = 0; i < reason_count; ++i) {
        if (excluded_[i] == 0) continue;
        preview.audience += excluded_[i];
        preview.excluded.push_back(
            {.reason = static_cast<Reason>(i),
             .count = excluded_[i],
             .examples = excluded_first_[i].sorted(0, preview_examples_max)});
    }
    auto const plan = rollout::with_waves_at_start(wanted_.plan, meant_);
    std::int64_t before = 0;
    for (std::size_t i = 0; i < plan.waves.size(); ++i) {
        auto const& wave = plan.waves[i];
        auto const size = std::max(before, size_of(wave, i));
        // The first share after count waves begins where these end.
        bool const by_rank = wave.devices || i == 0 || plan.waves[i - 1].devices;
        auto const skip = static_cast<std::size_t>(before);
        auto const count = std::min(preview_examples_max, static_cast<std::size_t>(size - before));
        auto examples = by_rank ? first_.sorted(skip, count) : share_first_[i].sorted(0, count);
        preview.waves.push_back(
            {.name = wave.name, .devices = size, .examples = std::move(examples)});
        before = size;
    }
}

}  // namespace updraft::usecases
