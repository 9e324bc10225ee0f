// The surroundings of a rollout: a model with devices, and the server that polls, steps and waits.
//
// Lives here: the fixture of this folder's suites.
//
// Not here:   the promises (the tests in this folder).
#pragma once

#include "firmware/offer.h"
#include "ports/audit_table.h"
#include "ports/orders_table.h"
#include "ports/policies_table.h"
#include "ports/rollouts_table.h"
#include "promises/upgrade/scene.h"
#include "rollout/presets.h"
#include "staging/advance.h"
#include "staging/course.h"
#include "staging/operate.h"
#include "staging/steps.h"
#include "staging/take_place.h"
#include "upgrade/start.h"
#include "upgrade/why.h"
#include "vocabulary/reason.h"

namespace updraft::staging {

using rollout::Judged;
using rollout::Mode;
using rollout::State;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Report = upgrade::Said;

class RolloutScene : public upgrade::Scene {
protected:
    void fleet_of(int count) {
        for (int i = 0; i < count; ++i) device(name(i));
        fleet_ = count;
    }
    static std::string name(int i) { return "d" + std::to_string(1000 + i); }

    static rollout::Plan a_plan(std::vector<rollout::Wave> waves) {
        auto plan = rollout::preset_plan("standard");
        plan.waves = std::move(waves);
        plan.waves_given = true;
        plan.window_given = true;
        return plan;
    }
    static rollout::Wave devices(std::int64_t count, Millis soak = hours{1}) {
        return {.devices = count, .soak = soak};
    }
    static rollout::Wave percent(std::int64_t percent, Millis soak = hours{1}) {
        return {.millionths = percent * 10'000, .soak = soak};
    }
    RolloutId begin_rollout(ReleaseId release, Mode mode, rollout::Plan plan,
                            rollout::Audience audience = {}) {
        RolloutId id;
        wrote([&](Tx& tx) -> Result<void> {
            ToCreate const wanted{.release = release,
                                  .name = "r",
                                  .mode = mode,
                                  .audience = std::move(audience),
                                  .plan = std::move(plan)};
            TRY_ASSIGN(auto made, create(tx, wanted, "ann", clock.now()));
            id = made.id;
            begin(made, clock.now());
            return save(tx, made, {.kind = "started", .by = "ann"}, clock.now());
        });
        step();
        return id;
    }
    // Takes steps until nothing is left to do at once.
    void step() {
        for (int i = 0; i < 100; ++i) {
            auto const next = steps.step([]() -> Result<bool> { return true; }, clock.now());
            if (!next) throw std::runtime_error(next.error().detail);
            if (*next - clock.now() >= Millis{100}) return;
        }
        throw std::runtime_error("the steps do not end");
    }
    // Time passes, with a step each minute at least.
    void pass(Millis time) {
        for (auto left = time; left > Millis{0}; left -= std::min<Millis>(left, minutes{1})) {
            clock.advance(std::min<Millis>(left, minutes{1}));
            step();
        }
    }

    // The device polls, as a channel lets it. Answers the upgrade that it is linked to.
    std::optional<UpgradeId> polls(std::string const& did) {
        polled(did);
        auto const here = look_at(did);
        auto const now = clock.now();
        auto const active = this->active(did);
        bool const takes = saw([&](Tx const& tx) -> Result<bool> {
            TRY_ASSIGN(bool const would, would_take_place(tx, means, here, active, now));
            if (would || active) return would;
            return upgrade::would_start_by_itself(tx, means, here, now);
        });
        if (takes) {
            wrote([&](Tx& tx) -> Result<void> {
                TRY_ASSIGN(auto const placed, take_place(tx, means, Did{did}, now));
                if (!placed) TRY(upgrade::start_by_itself(tx, means, Did{did}, now));
                return {};
            });
        }
        auto const given =
            saw([&](Tx const& tx) { return upgrade::hand_out(tx, means, here, clock.now()); });
        if (given.task != upgrade::Task::deploy) return std::nullopt;
        return given.upgrade->id;
    }
    // The device polls and fetches what it is linked to.
    std::optional<UpgradeId> fetches(std::string const& did) {
        auto const id = polls(did);
        if (!id || !fetch(did, *id)) return std::nullopt;
        return id;
    }
    // Every device polls once, and fetches what it is linked to.
    std::map<std::string, UpgradeId> all_fetch() {
        std::map<std::string, UpgradeId> fetched;
        for (int i = 0; i < fleet_; ++i) {
            auto const running = active(name(i));
            if (running && running->state != upgrade::State::queued) {
                polled(name(i));
                continue;
            }
            if (auto const id = fetches(name(i))) fetched.emplace(name(i), *id);
        }
        return fetched;
    }

    rollout::Rollout look_at(RolloutId id) {
        return saw([&](Tx const& tx) { return tx.rollouts().find(id); });
    }
    using Scene::look_at;
    rollout::Tally total(RolloutId id) {
        rollout::Tally sum;
        for (auto const& one : saw([&](Tx const& tx) { return tx.rollouts().tallies(id); })) {
            sum += one.tally;
        }
        return sum;
    }
    std::optional<rollout::Place> place(RolloutId id, std::string const& did) {
        return saw([&](Tx const& tx) { return tx.rollouts().place(id, Did{did}); });
    }
    // The sums always equal a recount of the places.
    void expect_sums(RolloutId id) {
        auto const same = saw([&](Tx const& tx) -> Result<bool> {
            TRY_ASSIGN(auto kept, tx.rollouts().tallies(id));
            TRY_ASSIGN(auto const counted, tx.rollouts().recount(id));
            std::erase_if(kept, [](auto const& one) { return one.tally == rollout::Tally{}; });
            return kept == counted;
        });
        EXPECT_TRUE(same);
    }
    firmware::Availability availability(ReleaseId id) {
        return saw([&](Tx const& tx) { return tx.releases().find(id); }).availability;
    }
    std::string offered(std::string const& did) {
        auto const here = look_at(did);
        return saw([&](Tx const& tx) -> Result<std::string> {
            TRY_ASSIGN(auto const catalog, tx.releases().catalog(here.model));
            TRY_ASSIGN(auto const* const offer, firmware::offer(tx, *catalog, here));
            return offer == nullptr ? "" : offer->version.value;
        });
    }
    std::optional<Reason> waits_for(std::string const& did) {
        auto const upgrade = active(did);
        if (!upgrade) return std::nullopt;
        auto const all = saw([&](Tx const& tx) {
            return upgrade::waiting_for(tx, means, std::span(&*upgrade, 1), clock.now());
        });
        auto const found = all.find(upgrade->id);
        if (found == all.end()) return std::nullopt;
        return found->second.reason;
    }
    std::optional<Reason> why_not(std::string const& did, ReleaseId release) {
        auto const answer = saw(
            [&](Tx const& tx) { return upgrade::why(tx, means, Did{did}, release, clock.now()); });
        return answer.holding.first();
    }

    Rooms rooms;
    Steps steps{*store, means, rooms, serving};
    int fleet_ = 0;
};

}  // namespace updraft::staging
