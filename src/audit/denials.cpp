#include "audit/denials.h"

#include <utility>

#include "access/operator.h"

namespace updraft::audit {
namespace {

std::string key_of(AuditEntry const& entry, std::string const& address) {
    std::string key = access::folded(entry.actor.name);
    for (auto const& part : {address, entry.actor.action, entry.effect}) (key += '\0') += part;
    return key;
}

}  // namespace

AuditEntry denied(access::Actor actor, std::string reason, Instant now) {
    AuditEntry entry;
    entry.at = now;
    entry.actor = std::move(actor);
    entry.outcome = AuditOutcome::denied;
    entry.effect = std::move(reason);
    return entry;
}

std::optional<AuditEntry> Denials::count(AuditEntry entry) {
    std::scoped_lock const lock(mutex_);
    auto key = key_of(entry, entry.actor.ip);
    if (counted_.size() >= kept_max && !counted_.contains(key)) {
        entry.actor.ip.clear();
        key = key_of(entry, "");
    }
    auto const [found, is_first] = counted_.try_emplace(std::move(key), Counted{entry.at, entry});
    if (is_first) return entry;
    ++found->second.times;
    found->second.last = std::move(entry);
    return std::nullopt;
}

std::vector<AuditEntry> Denials::take(std::optional<Instant> now) {
    std::vector<AuditEntry> rows;
    std::scoped_lock const lock(mutex_);
    for (auto at = counted_.begin(); at != counted_.end();) {
        auto& [began, last, times] = at->second;
        // A clock that was set back ends the period, too.
        auto const passed = now ? *now - began : period;
        if (passed >= Millis{0} && passed < period) {
            ++at;
            continue;
        }
        if (times > 0) {
            last.times = times;
            rows.push_back(std::move(last));
        }
        at = counted_.erase(at);
    }
    return rows;
}

}  // namespace updraft::audit
