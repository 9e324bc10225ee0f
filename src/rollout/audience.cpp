#include "rollout/audience.h"

#include <algorithm>

#include "vocabulary/version_spelling.h"

namespace updraft::rollout {
namespace {

bool runs_one_of(std::set<Version> const& versions, Subject const& subject) {
    return std::ranges::any_of(versions, [&](Version const& one) {
        auto const is_it = [&](Version const& other) { return is_same_version(one, other); };
        return is_it(subject.device.version) || std::ranges::any_of(subject.also_runs, is_it);
    });
}

bool has_one_of(std::set<std::string> const& tags, fleet::Device const& device) {
    return std::ranges::any_of(device.tags,
                               [&](std::string const& tag) { return tags.contains(tag); });
}

bool has_all_of(std::map<std::string, std::string> const& wanted,
                fleet::Attributes const* attributes) {
    if (wanted.empty()) return true;
    if (attributes == nullptr) return false;
    return std::ranges::all_of(wanted, [&](auto const& one) {
        auto const found = attributes->find(one.first);
        return found != attributes->end() && found->second == one.second;
    });
}

bool was_enrolled_before(Instant created_at, std::optional<Instant> started_at) {
    return !started_at || created_at < *started_at;
}

bool belongs(Audience const& audience, std::optional<Instant> started_at, Subject const& subject) {
    auto const& device = subject.device;
    return (!audience.include || audience.include->contains(device.did)) &&
           (audience.dynamic || was_enrolled_before(device.created_at, started_at)) &&
           (!audience.open_ids ||
            (device.open_id && audience.open_ids->contains(*device.open_id))) &&
           (!audience.tags || has_one_of(*audience.tags, device)) &&
           (!audience.from_versions || runs_one_of(*audience.from_versions, subject)) &&
           has_all_of(audience.attributes, subject.attributes);
}

}  // namespace

bool needs_attributes(Audience const& audience) { return !audience.attributes.empty(); }

Reasons kept_out(Audience const& audience, std::optional<Instant> started_at,
                 Subject const& subject) {
    Reasons reasons;
    reasons.set(Reason::not_in_audience, !belongs(audience, started_at, subject));
    reasons.set(Reason::excluded, audience.exclude.contains(subject.device.did));
    return reasons;
}

bool is_canary(Audience const& audience, fleet::Device const& device) {
    return audience.canaries.dids.contains(device.did) ||
           has_one_of(audience.canaries.tags, device);
}

bool is_narrowed(Audience const& audience) {
    return audience.include || !audience.exclude.empty() || audience.from_versions ||
           audience.tags || !audience.attributes.empty() || audience.open_ids;
}

}  // namespace updraft::rollout
