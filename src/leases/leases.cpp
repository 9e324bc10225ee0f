#include "leases/leases.h"

#include <algorithm>
#include <utility>

namespace updraft::leases {
namespace {

constexpr std::int64_t page_size = 1'000;

Result<std::vector<Lease>> all_leases(Tx const& tx) {
    std::vector<Lease> all;
    for (;;) {
        TRY_ASSIGN(auto page, tx.leases().list(all.empty() ? "" : all.back().name, page_size));
        auto const last = std::ssize(page) < page_size;
        std::ranges::move(page, std::back_inserter(all));
        if (last) return all;
    }
}

}  // namespace

Leases::Leases(Store& store, std::string holder, LeaseRules rules)
    : store_(store), holder_(std::move(holder)), rules_(rules) {}

// False after the clock was set back: then it is not known when the renewal was.
bool Leases::believed(Instant now) const {
    return now >= renewed_at_ && now < renewed_at_ + rules_.believed_for;
}

bool Leases::abandoned(Seen const& seen, Instant now) const {
    return now >= seen.since + rules_.abandoned_after;
}

// Reads all leases, and remembers since when those of others have not changed.
Result<void> Leases::look(Instant now) {
    TRY_ASSIGN(auto all, read(store_, [](Tx const& tx) { return all_leases(tx); }));
    auto before = std::exchange(others_, {});
    for (auto& lease : all) {
        if (lease.holder == holder_) continue;
        auto const known = before.find(lease.name);
        auto const same =
            known != before.end() && known->second.lease == lease && now >= known->second.since;
        auto const since = same ? known->second.since : now;
        auto name = lease.name;
        others_.emplace(std::move(name), Seen{.lease = std::move(lease), .since = since});
    }
    looked_at_ = now;
    return {};
}

Result<void> Leases::renew_and_take(std::span<std::string const> names, Instant now) {
    std::vector<std::string> free;
    std::vector<Lease> over;
    for (auto const& name : names) {
        if (held_.contains(name)) continue;
        auto const other = others_.find(name);
        if (other == others_.end()) {
            free.push_back(name);
        } else if (abandoned(other->second, now)) {
            over.push_back(other->second.lease);
        }
    }
    std::vector<std::string> idle;
    for (auto const& [name, held] : held_) {
        if (now - held.wanted_at >= rules_.kept_idle) idle.push_back(name);
    }
    auto const renewing = believed(now) && now < renewed_at_ + rules_.renew_every;
    if (free.empty() && over.empty() && (held_.empty() || renewing)) return {};
    auto ours = write(store_, [&](Tx& tx) -> Result<std::vector<std::string>> {
        for (auto const& name : idle) TRY(tx.leases().let_go(name, holder_));
        TRY_ASSIGN(auto renewed, tx.leases().renew(holder_));
        for (auto const& name : free) {
            TRY_ASSIGN(bool const taken, tx.leases().take(name, holder_));
            if (taken) renewed.push_back(name);
        }
        for (auto const& lease : over) {
            TRY_ASSIGN(bool const taken, tx.leases().take_over(lease, holder_));
            if (taken) renewed.push_back(lease.name);
        }
        return renewed;
    });
    if (!ours) return pass(ours);
    renewed_at_ = now;
    auto before = std::exchange(held_, {});
    for (auto& name : *ours) {
        auto const known = before.find(name);
        others_.erase(name);
        held_.emplace(std::move(name), known == before.end() ? Held{now} : known->second);
    }
    return {};
}

Result<std::set<std::string>> Leases::hold(std::span<std::string const> names, Instant now) {
    if (!store_.shared()) return std::set<std::string>(names.begin(), names.end());
    for (auto const& name : names) {
        if (auto const known = held_.find(name); known != held_.end())
            known->second.wanted_at = now;
    }
    auto const ours = [this](std::string const& name) { return held_.contains(name); };
    auto const all_held = believed(now) && std::ranges::all_of(names, ours);
    // The leases of others are read twice as often as their holders renew them.
    if (!all_held && (looked_at_ > now || now >= looked_at_ + rules_.renew_every / 2)) {
        TRY(look(now));
    }
    TRY(renew_and_take(names, now));
    std::set<std::string> held;
    if (!believed(now)) return held;
    std::ranges::copy_if(names, std::inserter(held, held.end()), ours);
    return held;
}

Result<bool> Leases::hold(std::string const& name, Instant now) {
    TRY_ASSIGN(auto const held, hold(std::span(&name, 1), now));
    return !held.empty();
}

Result<void> Leases::let_go(std::string const& name) {
    if (!held_.contains(name)) return {};
    auto const gone = store_.write([&](Tx& tx) { return tx.leases().let_go(name, holder_); });
    if (gone) held_.erase(name);
    return gone;
}

Result<void> Leases::let_go_all() {
    if (held_.empty()) return {};
    auto const held = std::exchange(held_, {});
    return store_.write([&](Tx& tx) -> Result<void> {
        for (auto const& [name, ignored] : held) TRY(tx.leases().let_go(name, holder_));
        return {};
    });
}

}  // namespace updraft::leases
