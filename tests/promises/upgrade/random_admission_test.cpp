// Random acts of users, operators and devices: what is offered, ordered and handed out never
// contradicts what `why` and `waitingFor` say.
//
// UPDRAFT_STEPS is the number of steps; UPDRAFT_SEED repeats one run.
#include <cstdlib>
#include <random>

#include "firmware/eligibility.h"
#include "firmware/offer.h"
#include "ports/holds_table.h"
#include "ports/policies_table.h"
#include "ports/rollouts_table.h"
#include "ports/upgrade_lists_table.h"
#include "rollout/presets.h"
#include "scene.h"
#include "staging/count_audience.h"
#include "staging/course.h"
#include "staging/operate.h"
#include "staging/take_place.h"
#include "upgrade/admission.h"
#include "upgrade/start.h"
#include "upgrade/why.h"

namespace updraft::upgrade {
namespace {

std::uint64_t given_in(char const* name, std::uint64_t otherwise) {
    auto const* given = std::getenv(name);
    return given == nullptr ? otherwise : std::strtoull(given, nullptr, 10);
}

// The reasons that keep a release from being offered.
Reasons of_offers() {
    Reasons all;
    for (auto const reason :
         {Reason::no_release, Reason::not_upgradable, Reason::already_on_version,
          Reason::newer_version, Reason::offers_after, Reason::needs_stepping_stone, Reason::held,
          Reason::availability_nobody, Reason::not_in_audience, Reason::excluded, Reason::halted,
          Reason::paused, Reason::wave_not_yet}) {
        all.add(reason);
    }
    return all;
}

bool any_of(Reasons reasons, Reasons among) {
    for (std::size_t i = 0; i < reason_count; ++i) {
        auto const reason = static_cast<Reason>(i);
        if (among.has(reason) && reasons.has(reason)) return true;
    }
    return false;
}

// Two gateways with sub-devices, and some devices on their own.
std::vector<std::string> const fleet_dids{"hub-1",  "sub-11", "sub-12", "sub-13", "hub-2",
                                          "sub-21", "sub-22", "lamp-1", "lamp-2", "lamp-3"};

class RandomAdmission : public Scene {
protected:
    void SetUp() override {
        Scene::SetUp();
        for (auto const& did : fleet_dids) {
            auto const gateway = did.starts_with("sub-1")   ? "hub-1"
                                 : did.starts_with("sub-2") ? "hub-2"
                                                            : "";
            device(did, "1.0", gateway);
        }
        releases_.push_back(release("1.0"));
        releases_.push_back(release("2.0"));
    }

    int any(int below) { return std::uniform_int_distribution<int>(0, below - 1)(chance_); }
    std::string any_did() {
        return fleet_dids[static_cast<std::size_t>(any(static_cast<int>(fleet_dids.size())))];
    }
    // One of the newest releases.
    ReleaseId any_release() {
        auto const size = static_cast<int>(releases_.size());
        return releases_[static_cast<std::size_t>(size - 1 - any(std::min(size, 4)))];
    }

    // What an operator does to the whole model. Rare, because it clears caches.
    Result<void> change_the_world(Tx& tx) {
        switch (any(12)) {
            case 8:
            case 9:
            case 10:
                return roll_out(tx);
            case 0: {
                TRY_ASSIGN(auto found, tx.releases().find(any_release()));
                found.state = any(8) == 0 ? firmware::ReleaseState::withdrawn
                                          : firmware::ReleaseState::released;
                return tx.releases().replace(found);
            }
            case 1:
            case 2: {
                TRY_ASSIGN(auto found, tx.releases().find(any_release()));
                found.availability =
                    any(3) == 0 ? firmware::Availability::nobody : firmware::Availability::everyone;
                return tx.releases().replace(found);
            }
            case 3:
            case 4:
                return place_or_lift(tx);
            case 5: {
                fleet::Model model;
                model.name = ModelName{"lamp"};
                model.upgradable = any(8) != 0;
                return tx.models().put(model);
            }
            default:
                return set_policy(tx);
        }
    }
    // A rollout begins, or its state changes.
    Result<void> roll_out(Tx& tx) {
        using rollout::State;
        auto const release = any_release();
        auto const now = clock.now();
        TRY_ASSIGN(auto open, tx.rollouts().open_of(release));
        if (open && open->state != State::draft) {
            static std::vector<State> const states{State::running, State::running, State::paused,
                                                   State::halted, State::stopped};
            open->state = states[static_cast<std::size_t>(any(5))];
            if (open->wave == std::size_t{0} && open->state == State::running) {
                staging::open_next_wave(*open, now);
            }
            return staging::save(tx, *open, {.kind = "changed"}, now);
        }
        staging::ToCreate wanted{.release = release, .plan = rollout::preset_plan("standard")};
        wanted.mode = any(2) == 0 ? rollout::Mode::offer : rollout::Mode::install;
        // All devices have one user, who gets one place in a count wave.
        wanted.plan.waves = {{.devices = 3}, {.millionths = 1'000'000}};
        if (any(2) == 0) wanted.plan.waves.front() = {.millionths = 600'000};
        wanted.plan.waves_given = true;
        wanted.plan.first_unproven = 2 + any(20);
        wanted.plan.user_may_pull = static_cast<rollout::UserMayPull>(
            wanted.mode == rollout::Mode::offer ? any(2) : any(3));
        if (any(4) == 0) wanted.audience.exclude = {Did{any_did()}};
        if (any(4) == 0) wanted.audience.include = {{Did{any_did()}, Did{any_did()}}};
        auto made = staging::create(tx, wanted, "ann", now);
        if (!made) return made.error().code == Errc::conflict ? Result<void>{} : pass(made);
        staging::begin(*made, now);
        staging::set_audience(*made, {.devices = 10, .lowest = {500'000, 100'000, 300'000}}, 0,
                              now);
        return staging::save(tx, *made, {.kind = "started"}, now);
    }
    // True when a rollout would start upgrades to that release: `why` is about that start then.
    Result<bool> is_installed(Tx const& tx, ReleaseId release) {
        TRY_ASSIGN(auto const catalog, tx.releases().catalog(ModelName{"lamp"}));
        auto const* const rollout = firmware::find_rollout(*catalog, release);
        return rollout != nullptr && rollout->mode == rollout::Mode::install;
    }
    Result<void> place_or_lift(Tx& tx) {
        TRY_ASSIGN(auto const placed, tx.holds().list({}));
        if (!placed.items.empty()) {
            return tx.holds().remove(placed.items.front().id);
        }
        std::optional<ReleaseId> release;
        if (any(4) != 0) release = any_release();
        TRY(tx.holds().insert({.id = {},
                               .model = std::nullopt,
                               .release = release,
                               .note = "n",
                               .by = "b",
                               .created_at = clock.now()}));
        return {};
    }
    Result<void> set_policy(Tx& tx) {
        static std::vector<std::string> const decisions{"", "0", "1", "1"};
        static std::vector<std::string> const hours{"", "22:00-06:00", "11:30-12:30",
                                                    "06:00-22:00"};
        policy::Policy const policy{.auto_upgrade = decisions[static_cast<std::size_t>(any(4))],
                                    .upgrade_hours = hours[static_cast<std::size_t>(any(4))],
                                    .time_zone = any(2) == 0 ? "" : "-03:30",
                                    .changed_at = clock.now()};
        return tx.policies().put(OpenId{"user"}, any(3) == 0 ? Did{} : Did{any_did()}, policy);
    }
    void release_another() {
        auto const n = std::to_string(releases_.size() + 1) + ".0";
        ToRelease wanted{.version = n};
        if (any(3) == 0) wanted.requires_version = {{std::to_string(releases_.size()) + ".0"}};
        releases_.push_back(release_of(std::move(wanted)));
    }

    // What a user, an operator or the device does.
    Result<void> act(Tx& tx, Did const& did) {
        auto const now = clock.now();
        switch (any(9)) {
            case 0:
                return order_by_user(tx, did);
            case 1:
                return order_as_operator(tx, did);
            case 2:
                if (any(3) == 0) return tolerated(cancel_own(tx, means, who, did, now));
                return {};
            case 3:
            case 4:
                return poll_and_take(tx, did);
            case 5:
                return report_the_end(tx, did);
            case 6: {
                TRY_ASSIGN(auto const here, tx.devices().find(did));
                auto const newest = static_cast<int>(releases_.size());
                Version const version{std::to_string(newest - any(std::min(newest, 6))) + ".0"};
                if (any(4) == 0) TRY(report_version(tx, means, here, version, now));
                return {};
            }
            case 7:
                clock.advance(std::chrono::minutes{any(10) == 0 ? any(600) : any(6)});
                return {};
            default:
                TRY(expire_due(tx, means, now, 100));
                return {};
        }
    }
    template <class T>
    static Result<void> tolerated(Result<T> const& result) {
        if (result || result.error().code == Errc::nothing_to_upgrade) return {};
        return pass(result);
    }

    // A user's order opens what is offered, and nothing else.
    Result<void> order_by_user(Tx& tx, Did const& did) {
        TRY_ASSIGN(auto const before, tx.upgrades().active_of(did));
        TRY_ASSIGN(auto const here, tx.devices().find(did));
        TRY_ASSIGN(auto const catalog, tx.releases().catalog(here.model));
        TRY_ASSIGN(auto const* const offer, firmware::offer(tx, *catalog, here));
        auto const ordered = order_one(tx, means, who, {did}, clock.now());
        EXPECT_EQ(ordered.has_value(), before || offer != nullptr);
        if (!ordered || before) return {};
        TRY_ASSIGN(auto const after, tx.upgrades().active_of(did));
        EXPECT_EQ(after->release_id, offer->id);
        return {};
    }
    // Whatever reason refuses an order of a named release also holds back in `why`.
    Result<void> order_as_operator(Tx& tx, Did const& did) {
        OperatorOrder wanted{.dids = {did}};
        if (any(2) == 0) wanted.release = any_release();
        wanted.allow_older = wanted.release && any(3) == 0;
        wanted.forced = any(3) == 0;
        TRY_ASSIGN(auto const before, why(tx, means, did, wanted.release, clock.now()));
        TRY_ASSIGN(auto const active, tx.upgrades().active_of(did));
        bool installed = false;
        if (wanted.release) {
            TRY_ASSIGN(installed, is_installed(tx, *wanted.release));
        }
        auto const outcome = order_by_operator(tx, means, wanted, clock.now());
        if (!outcome) {
            // Of what runs already, only that is said.
            bool const runs = active && active->state != State::queued;
            EXPECT_TRUE(before.holding.has(Reason::no_release) || runs) << outcome.error().detail;
            return {};
        }
        if (active) {
            EXPECT_EQ(outcome->started, 0);
        } else if (installed) {
            return {};
        } else if (wanted.release && outcome->started == 0) {
            EXPECT_TRUE(any_of(before.holding, of_offers()));
        } else if (wanted.release && !wanted.allow_older) {
            auto kept = before.holding;
            kept.remove(Reason::newer_version);  // A later offer does not matter then.
            EXPECT_FALSE(any_of(kept, of_offers()));
        }
        return {};
    }
    Result<void> poll_and_take(Tx& tx, Did const& did) {
        std::vector<std::pair<Did, Instant>> const signs{{did, clock.now()}};
        TRY(tx.devices().seen(signs));
        TRY(check(tx, did));
        TRY_ASSIGN(auto const here, tx.devices().find(did));
        TRY_ASSIGN(auto given, hand_out(tx, means, here, clock.now()));
        if (!given.upgrade) {
            TRY_ASSIGN(bool starts, staging::would_take_place(tx, means, here, {}, clock.now()));
            TRY_ASSIGN(auto const placed, staging::take_place(tx, means, did, clock.now()));
            EXPECT_EQ(starts, placed.has_value());
            placed_ += starts ? 1 : 0;
            bool started = starts;
            if (!starts) {
                TRY_ASSIGN(starts, would_start_by_itself(tx, means, here, clock.now()));
                TRY_ASSIGN(started, start_by_itself(tx, means, did, clock.now()));
            }
            EXPECT_EQ(starts, started);
            started_ += started ? 1 : 0;
            TRY_ASSIGN(given, hand_out(tx, means, here, clock.now()));
            // What starts by itself is handed out at once.
            EXPECT_EQ(given.task == Task::deploy, started);
        }
        if (given.task != Task::deploy || any(3) == 0) return {};
        TRY(take(tx, means, did, given.upgrade->id, clock.now()));
        ++taken_;
        return {};
    }
    Result<void> report_the_end(Tx& tx, Did const& did) {
        TRY_ASSIGN(auto const active, tx.upgrades().active_of(did));
        if (!active || active->state == State::queued) return {};
        Report said;
        said.said = any(3) == 0 ? Said::failed : Said::succeeded;
        TRY(report(tx, means, did, active->id, said, clock.now()));
        return {};
    }

    // All answers about the device agree.
    Result<void> check(Tx const& tx, Did const& did) {
        TRY_ASSIGN(auto const here, tx.devices().find(did));
        TRY_ASSIGN(auto const catalog, tx.releases().catalog(here.model));
        TRY_ASSIGN(auto const* const offer, firmware::offer(tx, *catalog, here));
        TRY_ASSIGN(auto const active, tx.upgrades().active_of(did));
        TRY(check_offer(tx, here, offer, active));
        if (active) TRY(check_active(tx, here, *active));
        return {};
    }
    Result<void> check_offer(Tx const& tx, fleet::Device const& here,
                             firmware::Release const* offer, std::optional<Upgrade> const& active) {
        auto const now = clock.now();
        auto const asked = any(2) == 0 || offer == nullptr ? any_release() : offer->id;
        TRY_ASSIGN(auto const answer, why(tx, means, here.did, asked, now));
        EXPECT_EQ(answer.offered, offer != nullptr && offer->id == asked);
        bool const its_own = active && active->release_id == asked;
        TRY_ASSIGN(bool const installed, is_installed(tx, asked));
        if (!its_own && !installed) {
            EXPECT_EQ(answer.offered, !any_of(answer.holding, of_offers()));
        }
        EXPECT_EQ(answer.holding.has(Reason::active_upgrade), active.has_value());
        EXPECT_EQ(answer.held.has_value(), !answer.holding.empty());
        auto others = answer.holding;
        others.remove(Reason::not_polled);
        if (active || (!answer.offered && !others.empty())) return {};
        // It starts by itself, or the reason why not is there.
        TRY_ASSIGN(bool const takes, staging::would_take_place(tx, means, here, {}, now));
        TRY_ASSIGN(bool const starts, would_start_by_itself(tx, means, here, now));
        if (others.empty()) {
            EXPECT_TRUE(takes || starts);
        } else {
            EXPECT_FALSE(starts);
        }
        return {};
    }
    Result<void> check_active(Tx const& tx, fleet::Device const& here, Upgrade const& active) {
        auto const now = clock.now();
        TRY_ASSIGN(auto const all, waiting_for(tx, means, std::span(&active, 1), now));
        TRY_ASSIGN(auto const given, hand_out(tx, means, here, now));
        TRY_ASSIGN(auto const answer, why(tx, means, here.did, active.release_id, now));
        auto const found = all.find(active.id);
        if (active.state != State::queued) {
            EXPECT_EQ(found, all.end());
            EXPECT_EQ(answer.holding.first(), Reason::active_upgrade);
            return {};
        }
        std::optional<Reason> waits;
        if (found != all.end()) waits = found->second.reason;
        bool const only_unheard = !waits || *waits == Reason::not_polled;
        EXPECT_EQ(given.task == Task::deploy, only_unheard);
        auto others = answer.holding;
        others.remove(Reason::active_upgrade);
        EXPECT_EQ(others.first(), waits);
        if (waits) {
            EXPECT_TRUE(found->second.since);
            EXPECT_LE(active.created_at, *found->second.since);
        }
        waits_[waits]++;
        return {};
    }
    // One answer for many is the answer for each.
    void check_all_at_once() {
        saw([&](Tx const& tx) -> Result<bool> {
            TRY_ASSIGN(auto const running,
                       tx.upgrade_lists().running(OpenId{"user"}, UpgradeId{}, 100));
            TRY_ASSIGN(auto const all, waiting_for(tx, means, running, clock.now()));
            for (auto const& one : running) {
                TRY_ASSIGN(auto const single,
                           waiting_for(tx, means, std::span(&one, 1), clock.now()));
                EXPECT_EQ(single.contains(one.id), all.contains(one.id));
                if (!single.contains(one.id) || !all.contains(one.id)) continue;
                EXPECT_EQ(single.at(one.id).reason, all.at(one.id).reason);
                EXPECT_EQ(single.at(one.id).since, all.at(one.id).since);
                EXPECT_EQ(single.at(one.id).next, all.at(one.id).next);
            }
            return true;
        });
    }

    static constexpr std::uint64_t acts_at_once = 20;
    // In a run of so many steps everything that can happen does.
    static constexpr std::uint64_t enough_steps = 100'000;

    std::mt19937_64 chance_{given_in("UPDRAFT_SEED", 14)};
    std::vector<ReleaseId> releases_;
    std::map<std::optional<Reason>, int> waits_;
    int taken_ = 0;
    int started_ = 0;
    int placed_ = 0;
};

TEST_F(RandomAdmission, NeverContradictsItself) {
    auto const steps = given_in("UPDRAFT_STEPS", enough_steps);
    for (std::uint64_t step = 0; step < steps && !HasFailure(); step += acts_at_once) {
        if (any(40) == 0) release_another();
        if (any(3) == 0) wrote([&](Tx& tx) { return change_the_world(tx); });
        wrote([&](Tx& tx) -> Result<void> {
            for (std::uint64_t i = 0; i < acts_at_once && !HasFailure(); ++i) {
                Did const did{any_did()};
                TRY(act(tx, did));
                TRY(check(tx, did));
            }
            return {};
        });
        if (any(10) == 0) check_all_at_once();
        if (HasFailure()) FAIL() << "at step " << step;
    }
    if (steps < enough_steps) return;
    // The run was worth something: everything that can happen did.
    EXPECT_GT(taken_, 100);
    EXPECT_GT(started_, 10);
    EXPECT_GT(placed_, 10);
    for (auto const reason :
         {Reason::no_release, Reason::not_upgradable, Reason::newer_version, Reason::held,
          Reason::availability_nobody, Reason::upgrade_hours, Reason::gateway_turn,
          Reason::not_polled, Reason::halted, Reason::paused, Reason::no_room}) {
        EXPECT_GT(waits_[reason], 0) << word(reason);
    }
    EXPECT_GT(waits_[std::nullopt], 0);
}

}  // namespace
}  // namespace updraft::upgrade
