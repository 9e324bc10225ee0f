// What every store promises about rollouts, their rates and their timelines.
#include "rollouts.h"

#include "ports/releases_table.h"

namespace updraft::contract {
namespace {

class RolloutRows : public Rollouts {
protected:
    std::vector<RolloutId> listed(RolloutFilter const& filter) {
        std::vector<RolloutId> found;
        PageAsk ask{.after = std::nullopt, .limit = 1};
        do {
            auto page = seen([&](Tx const& tx) { return tx.rollouts().list(filter, ask); });
            for (auto const& one : page.items) found.push_back(one.id);
            ask.after = page.next;
        } while (ask.after);
        return found;
    }
    std::vector<RolloutId> deciding(std::string model = "lamp") {
        std::vector<RolloutId> found;
        auto const catalog =
            seen([&](Tx const& tx) { return tx.releases().catalog(ModelName{model}); });
        for (auto const& one : catalog->rollouts) found.push_back(one.id);
        return found;
    }
    ReleaseId release(firmware::Availability availability) {
        firmware::Release made;
        made.model = ModelName{"lamp"};
        made.version = Version{"2.0"};
        made.state = firmware::ReleaseState::released;
        made.availability = availability;
        made.created_at = noon;
        return written([&](Tx& tx) -> Result<ReleaseId> {
            TRY_ASSIGN(made.order, tx.releases().next_order());
            return tx.releases().insert(made);
        });
    }
    bool spend(RolloutId id, std::int64_t wanted, StartRate const& rate, Instant now) {
        return written([&](Tx& tx) { return tx.rollouts().spend(id, wanted, rate, now); });
    }
    std::int64_t left(RolloutId id, StartRate const& rate, Instant now) {
        return seen([&](Tx const& tx) { return tx.rollouts().starts_left(id, rate, now); });
    }
};

TEST_P(RolloutRows, AreFoundAgainAsTheyWereCreated) {
    auto made = a_rollout();
    made.mode = rollout::Mode::install;
    made.audience.include = std::set<Did>{Did{"a"}, Did{"b"}};
    made.audience.dynamic = false;
    made.plan.per_minute_max = 60;
    made.plan.harmed_max = 7;
    made.plan.waves = {{.name = "first", .devices = 10, .soak = std::chrono::hours{1}},
                       {.name = "all", .millionths = 1'000'000, .approval = true}};
    made.plan.waves_given = true;
    made.plan.window_given = true;
    made.id = create(made);
    EXPECT_EQ(rollout(made.id), made);
    made.state = rollout::State::halted;
    made.reason = rollout::HaltReason::failing_fast;
    made.wave = 1;
    made.waves = {{.places = 10,
                   .bucket_max = 55,
                   .opened_at = noon,
                   .full_at = noon,
                   .passed_at = noon + std::chrono::hours{2}},
                  {.opened_at = noon}};
    made.audience_count = 1'000;
    made.canary_count = 3;
    made.counted_at = noon;
    made.epoch = 2;
    made.edited_by = {"ann", "bob"};
    made.approved_by = "cas";
    made.start_at = noon;
    made.started_at = noon;
    made.ended_at = noon;
    made.changed_at = noon;
    made.closed = true;
    written([&](Tx& tx) { return tx.rollouts().replace(made); });
    made.revision = 1;
    EXPECT_EQ(rollout(made.id), made);
}

TEST_P(RolloutRows, AreOpenOncePerRelease) {
    auto const first = create(a_rollout());
    auto const open = [&] {
        return seen([](Tx const& tx) { return tx.rollouts().open_of(ReleaseId{11}); });
    };
    auto const second = [&] {
        return write(store(), [&](Tx& tx) { return tx.rollouts().insert(a_rollout()); });
    };
    EXPECT_EQ(open()->id, first);
    auto const refused = second();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    set_state(first, rollout::State::stopped);
    EXPECT_EQ(open(), std::nullopt);
    EXPECT_TRUE(second());
    create(a_rollout(12));
}

TEST_P(RolloutRows, AreReplacedOnlyInTheRevisionThatWasRead) {
    auto const id = create(a_rollout());
    auto const old = rollout(id);
    edit(id, [](Rollout& one) { one.name = "other"; });
    auto const late = write(store(), [&](Tx& tx) { return tx.rollouts().replace(old); });
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Errc::busy);
    EXPECT_EQ(rollout(id).name, "other");
}

TEST_P(RolloutRows, AreListedNewestFirstByEachFilter) {
    auto const lamp = create(a_rollout(11));
    auto const fan = create(a_rollout(12, "fan"));
    auto const other = create(a_rollout(13));
    set_state(other, rollout::State::running);
    using Ids = std::vector<RolloutId>;
    EXPECT_EQ(listed({}), (Ids{other, fan, lamp}));
    EXPECT_EQ(listed({.model = ModelName{"lamp"}}), (Ids{other, lamp}));
    EXPECT_EQ(listed({.release = ReleaseId{12}}), Ids{fan});
    EXPECT_EQ(listed({.state = rollout::State::draft}), (Ids{fan, lamp}));
    EXPECT_EQ(listed({.state = rollout::State::draft, .model = ModelName{"lamp"}}), Ids{lamp});
}

TEST_P(RolloutRows, NeedStepsFromTheScheduleUntilTheyAreClosed) {
    auto const id = create(a_rollout());
    auto const steps = [&] {
        return seen([](Tx const& tx) { return tx.rollouts().to_step(); }).size();
    };
    using enum rollout::State;
    for (auto const state : {scheduled, running, paused, halted, stopping, finished}) {
        set_state(id, state);
        EXPECT_EQ(steps(), 1U) << word(state);
    }
    for (auto const state : {draft, waiting_approval, stopped}) {
        set_state(id, state);
        EXPECT_EQ(steps(), 0U) << word(state);
    }
    edit(id, [](Rollout& one) {
        one.state = finished;
        one.closed = true;
    });
    EXPECT_EQ(steps(), 0U);
}

// The catalog is cached, so each change of a rollout must reach it at once.
TEST_P(RolloutRows, AreInTheCatalogWhileTheyDecide) {
    auto const of_release = release(firmware::Availability::everyone);
    using Ids = std::vector<RolloutId>;
    EXPECT_EQ(deciding(), Ids{});
    auto const first = create(a_rollout(of_release.value));
    EXPECT_EQ(deciding(), Ids{});
    set_state(first, rollout::State::waiting_approval);
    EXPECT_EQ(deciding(), Ids{first});
    EXPECT_EQ(deciding("fan"), Ids{});
    set_state(first, rollout::State::finished);
    EXPECT_EQ(deciding(), Ids{first});
    // A later one decides instead as soon as it is no draft any more, also when it is stopped.
    auto const second = create(a_rollout(of_release.value));
    EXPECT_EQ(deciding(), Ids{first});
    set_state(second, rollout::State::running);
    EXPECT_EQ(deciding(), Ids{second});
    set_state(second, rollout::State::stopped);
    EXPECT_EQ(deciding(), Ids{});
    auto const third = create(a_rollout(of_release.value));
    written([&](Tx& tx) { return tx.rollouts().remove(third); });
    EXPECT_EQ(deciding(), Ids{});
}

TEST_P(RolloutRows, ThatAreClosedDecideOnlyForWhatIsStillAvailableByThem) {
    auto const of_release = release(firmware::Availability::rollout);
    auto const id = create(a_rollout(of_release.value));
    edit(id, [](Rollout& one) {
        one.state = rollout::State::finished;
        one.closed = true;
    });
    EXPECT_EQ(deciding(), std::vector<RolloutId>{id});
    written([&](Tx& tx) -> Result<void> {
        TRY_ASSIGN(auto found, tx.releases().find(of_release));
        found.availability = firmware::Availability::everyone;
        return tx.releases().replace(found);
    });
    EXPECT_EQ(deciding(), std::vector<RolloutId>{});
}

TEST_P(RolloutRows, AreRemovedWithTheirTimeline) {
    auto const id = create(a_rollout());
    written([&](Tx& tx) { return tx.rollouts().note(id, {noon, "created", "ann", {}, ""}); });
    written([&](Tx& tx) { return tx.rollouts().remove(id); });
    auto const again = write(store(), [&](Tx& tx) { return tx.rollouts().remove(id); });
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Errc::not_found);
    EXPECT_TRUE(seen([&](Tx const& tx) { return tx.rollouts().timeline(id, {}); }).items.empty());
}

TEST_P(RolloutRows, HaveATimelineWithTheNewestFirst) {
    auto const id = create(a_rollout());
    auto const other = create(a_rollout(12));
    for (std::string const kind : {"created", "started", "wave_opened"}) {
        written([&](Tx& tx) { return tx.rollouts().note(id, {noon, kind, "ann", 2, "text"}); });
    }
    written([&](Tx& tx) { return tx.rollouts().note(other, {noon, "created", "bob", {}, ""}); });
    auto const page = [&](PageAsk const& ask) {
        return seen([&](Tx const& tx) { return tx.rollouts().timeline(id, ask); });
    };
    auto const first = page({.after = std::nullopt, .limit = 2});
    ASSERT_EQ(first.items.size(), 2U);
    EXPECT_EQ(first.items[0].kind, "wave_opened");
    EXPECT_EQ(first.items[0].at, noon);
    EXPECT_EQ(first.items[0].by, "ann");
    EXPECT_EQ(first.items[0].wave, 2);
    EXPECT_EQ(first.items[0].text, "text");
    auto const second = page({.after = first.next, .limit = 2});
    ASSERT_EQ(second.items.size(), 1U);
    EXPECT_EQ(second.items[0].kind, "created");
}

TEST_P(RolloutRows, GiveStartsAtTheirRate) {
    auto const id = create(a_rollout());
    StartRate const rate{.per_minute = 60, .burst = 10};
    EXPECT_EQ(left(id, rate, noon), 10);
    EXPECT_FALSE(spend(id, 11, rate, noon));
    EXPECT_TRUE(spend(id, 10, rate, noon));
    EXPECT_FALSE(spend(id, 1, rate, noon));
    EXPECT_FALSE(spend(id, 1, rate, noon + Millis{999}));
    EXPECT_TRUE(spend(id, 1, rate, noon + Millis{1'000}));
    // Parts of a start are not lost between two calls.
    EXPECT_FALSE(spend(id, 1, rate, noon + Millis{1'500}));
    EXPECT_TRUE(spend(id, 1, rate, noon + Millis{2'000}));
    EXPECT_EQ(left(id, rate, noon + std::chrono::hours{24 * 365}), 10);
    // Other rollouts have their own.
    EXPECT_EQ(left(create(a_rollout(12)), rate, noon), 10);
}

TEST_P(RolloutRows, GiveNoStartsForAClockThatWasSetBack) {
    auto const id = create(a_rollout());
    StartRate const rate{.per_minute = 60, .burst = 10};
    EXPECT_TRUE(spend(id, 9, rate, noon));
    auto const before = noon - std::chrono::hours{1};
    EXPECT_EQ(left(id, rate, before), 1);
    EXPECT_TRUE(spend(id, 1, rate, before));
    EXPECT_FALSE(spend(id, 1, rate, before));
    EXPECT_TRUE(spend(id, 1, rate, before + Millis{1'000}));
}

ON_EVERY_BACKEND(RolloutRows);

}  // namespace
}  // namespace updraft::contract
