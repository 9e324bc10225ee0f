#include <random>

#include "scene.h"

#include "ports/timelines_table.h"

namespace updraft::upgrade {
namespace {

class Feedback : public Scene {
protected:
    void SetUp() override {
        Scene::SetUp();
        release("2.0");
        device("lamp");
        id = taken("lamp");
    }
    Result<Upgrade> says(Said said, std::string text = "") {
        return say("lamp", id, said, std::move(text));
    }
    Result<Upgrade> counts(std::int64_t cnt, std::int64_t of) {
        Report report;
        report.count = Count{cnt, of};
        return say("lamp", id, report);
    }
    State state() { return upgrade(id).state; }
    int progress() { return upgrade(id).progress; }

    UpgradeId id;
};

TEST_F(Feedback, MovesTheUpgradeThroughItsPhases) {
    EXPECT_EQ(state(), State::offered);
    EXPECT_EQ(upgrade(id).started_at, clock.now());
    ASSERT_TRUE(says(Said::working));
    EXPECT_EQ(state(), State::offered);
    ASSERT_TRUE(says(Said::downloading));
    EXPECT_EQ(state(), State::downloading);
    ASSERT_TRUE(says(Said::downloaded));
    EXPECT_EQ(state(), State::downloaded);
    EXPECT_EQ(progress(), 80);
    ASSERT_TRUE(says(Said::working, "installing"));
    EXPECT_EQ(state(), State::installing);
    EXPECT_GT(progress(), 80);
    ASSERT_TRUE(says(Said::succeeded, "done"));
    EXPECT_EQ(state(), State::succeeded);
    EXPECT_EQ(progress(), 100);
    EXPECT_EQ(upgrade(id).finished_at, clock.now());
    EXPECT_EQ(look_at("lamp").version, Version{"2.0"});
    EXPECT_EQ(look_at("lamp").installed, id);
}

TEST_F(Feedback, SentAgainChangesNothing) {
    ASSERT_TRUE(says(Said::downloaded));
    ASSERT_TRUE(says(Said::working, "step"));
    auto const before = upgrade(id);
    auto const entries = saw([&](Tx const& tx) { return tx.timelines().of(id); }).size();
    ASSERT_TRUE(says(Said::working, "step"));
    ASSERT_TRUE(says(Said::downloaded));
    EXPECT_EQ(upgrade(id), before);
    EXPECT_EQ(saw([&](Tx const& tx) { return tx.timelines().of(id); }).size(), entries);
}

TEST_F(Feedback, AfterTheEndIsGone) {
    ASSERT_TRUE(says(Said::failed, "boom"));
    auto const ended = upgrade(id);
    EXPECT_EQ(ended.cause, "device_error: boom");
    EXPECT_EQ(says(Said::failed, "boom").error().code, Errc::gone);
    EXPECT_EQ(says(Said::succeeded).error().code, Errc::gone);
    EXPECT_EQ(upgrade(id), ended);
    EXPECT_EQ(look_at("lamp").version, Version{"1.0"});
}

TEST_F(Feedback, OfAnotherDeviceIsNotFound) {
    device("other");
    EXPECT_EQ(say("other", id, Said::succeeded).error().code, Errc::not_found);
    EXPECT_EQ(say("lamp", UpgradeId{99}, Said::succeeded).error().code, Errc::not_found);
    EXPECT_EQ(state(), State::offered);
}

TEST_F(Feedback, CountsPercentAndNeverGoesBack) {
    ASSERT_TRUE(counts(30, 100));
    EXPECT_EQ(progress(), 30);
    ASSERT_TRUE(counts(20, 100));
    EXPECT_EQ(progress(), 30);
    ASSERT_TRUE(counts(1, 1));
    EXPECT_EQ(progress(), 30);
    // The device states its progress in another form in this report; that counts as well.
    ASSERT_TRUE(says(Said::working, " 94% Updating slots done."));
    EXPECT_EQ(progress(), 94);
    ASSERT_TRUE(counts(100, 100));
    EXPECT_EQ(progress(), 99);
}

TEST_F(Feedback, TakesPercentFromTextWhereNothingBetterIs) {
    ASSERT_TRUE(says(Said::working, " 12% Checking"));
    EXPECT_EQ(progress(), 12);
}

TEST_F(Feedback, OfBytesServedIsHonest) {
    serve(id, 999, 1'000);
    EXPECT_EQ(state(), State::downloading);
    EXPECT_EQ(progress(), 0);
    serve(id, 0, 500);
    EXPECT_EQ(progress(), 40);
    serve(id, 0, 500);
    EXPECT_EQ(progress(), 40);
    serve(id, 500, 1'000);
    EXPECT_EQ(state(), State::downloaded);
    EXPECT_EQ(progress(), 80);
}

TEST_F(Feedback, OfBytesNeverOverrulesTheDevicesOwnFigure) {
    ASSERT_TRUE(counts(10, 100));
    serve(id, 0, 1'000);
    EXPECT_EQ(state(), State::downloaded);
    EXPECT_EQ(progress(), 10);
}

TEST_F(Feedback, WithTroubleIsNotedAndNotFinal) {
    ASSERT_TRUE(says(Said::trouble, "retrying"));
    EXPECT_EQ(state(), State::offered);
    auto const line = saw([&](Tx const& tx) { return tx.timelines().of(id); });
    EXPECT_EQ(line.back().text, "retrying");
}

TEST_F(Feedback, ThatFailsWithoutAReasonGetsTheLastErrorOfEarlierReports) {
    ASSERT_TRUE(says(Said::working, "LastError: signature invalid"));
    ASSERT_TRUE(says(Said::working, "LastError: Installation error: no space left"));
    for (int i = 0; i < 250; ++i) ASSERT_TRUE(says(Said::working, "line " + std::to_string(i)));
    ASSERT_TRUE(says(Said::failed, "Failed to install software bundle."));
    EXPECT_EQ(upgrade(id).cause, "no_space: LastError: Installation error: no space left");
}

TEST_F(Feedback, ThatRepeatsAnErrorAfterAnotherOneIsTheLast) {
    ASSERT_TRUE(says(Said::working, "LastError: a"));
    ASSERT_TRUE(says(Said::working, "LastError: b"));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(says(Said::working, "LastError: a"));
    EXPECT_EQ(upgrade(id).reports, 3);
    ASSERT_TRUE(says(Said::failed, "Failed to install software bundle."));
    EXPECT_EQ(upgrade(id).cause, "device_error: LastError: a");
}

TEST_F(Feedback, ThatFailsWithAReasonOfItsOwnKeepsIt) {
    ASSERT_TRUE(says(Said::working, "LastError: signature invalid"));
    ASSERT_TRUE(says(Said::failed, "write error"));
    EXPECT_EQ(upgrade(id).cause, "write_failed: write error");
}

TEST_F(Feedback, ThatIsRejectedIsNotExplainedByAnEarlierError) {
    ASSERT_TRUE(says(Said::working, "LastError: signature invalid"));
    ASSERT_TRUE(says(Said::rejected, "not now"));
    EXPECT_EQ(upgrade(id).cause, "rejected: not now");
}

TEST_F(Feedback, FailsForItsLastTextInWhichThereIsAnythingToRead) {
    Report report;
    report.said = Said::failed;
    report.texts = {"one", "the reason", "\x1b\x07", " \n", ""};
    ASSERT_TRUE(say("lamp", id, report));
    EXPECT_EQ(upgrade(id).cause, "device_error: the reason");
}

TEST_F(Feedback, OfMoreTextThanIsKeptLosesItsBeginning) {
    Report report;
    report.texts = {"first", std::string(note_bytes_max, 'x'), "", "last", ""};
    ASSERT_TRUE(say("lamp", id, report));
    auto const line = [&] {
        return saw([&](Tx const& tx) { return tx.timelines().of(id); }).back().text;
    };
    EXPECT_EQ(line(), "last");
    report.texts = {"first", std::string(note_bytes_max, 'y'), ""};
    ASSERT_TRUE(say("lamp", id, report));
    EXPECT_EQ(line(), std::string(note_bytes_max, 'y'));
    report.texts = {"lost", std::string(note_bytes_max - 5, 'z'), "", "last"};
    ASSERT_TRUE(say("lamp", id, report));
    EXPECT_EQ(line(), std::string(note_bytes_max - 5, 'z') + "\nlast");
}

TEST_F(Feedback, AboutBytesFromElsewhereFinishesTheDownload) {
    ASSERT_TRUE(says(Said::working, "Download complete. 9.54 MB/s"));
    EXPECT_EQ(state(), State::downloaded);
    EXPECT_EQ(progress(), 80);
    ASSERT_TRUE(says(Said::working, "File checksum OK."));
    EXPECT_EQ(state(), State::installing);
    ASSERT_TRUE(says(Said::working, " 50% Updating slots"));
    EXPECT_EQ(progress(), 89);
}

TEST_F(Feedback, OfADownloadSaysItsEndInItsText) {
    ASSERT_TRUE(says(Said::downloading, "40% of it"));
    EXPECT_EQ(state(), State::downloading);
    ASSERT_TRUE(says(Said::downloading, "Download complete. 9.54 MB/s"));
    EXPECT_EQ(state(), State::downloaded);
}

TEST_F(Feedback, WithAPercentageOfBytesFromElsewhereInstalls) {
    ASSERT_TRUE(says(Said::working, "  5% Installing"));
    EXPECT_EQ(state(), State::downloaded);
    EXPECT_EQ(progress(), 5);
    ASSERT_TRUE(says(Said::working, " 11% Determining slot states"));
    EXPECT_EQ(state(), State::installing);
    EXPECT_EQ(progress(), 11);
}

TEST_F(Feedback, WithAPercentageOfServedBytesIsNoEndOfTheDownload) {
    serve(id, 0, 100);
    ASSERT_TRUE(says(Said::working, " 12% Checking"));
    EXPECT_EQ(state(), State::downloading);
}

TEST_F(Feedback, RejectedOrCalledOffIsFinal) {
    ASSERT_TRUE(says(Said::rejected, "not now"));
    EXPECT_EQ(upgrade(id).cause, "rejected: not now");
    EXPECT_EQ(state(), State::failed);
    auto const next = taken("lamp");
    ASSERT_TRUE(say("lamp", next, Said::called_off));
    EXPECT_EQ(upgrade(next).state, State::cancelled);
    EXPECT_EQ(upgrade(next).cause, "cancelled");
}

TEST_F(Feedback, OfASkippedUpdateIsNoSuccess) {
    ASSERT_TRUE(says(Said::succeeded, "Skipped Update."));
    EXPECT_EQ(state(), State::failed);
    EXPECT_EQ(upgrade(id).cause, "skipped: Skipped Update.");
    EXPECT_EQ(look_at("lamp").version, Version{"1.0"});
}

TEST_F(Feedback, IsLimitedButAClosingReportIsAlwaysTaken) {
    for (std::int64_t i = 0; i < reports_max; ++i) {
        ASSERT_TRUE(says(Said::working, "line " + std::to_string(i)));
    }
    EXPECT_EQ(says(Said::working, "one more").error().code, Errc::too_many);
    EXPECT_TRUE(says(Said::working, "line 7"));
    EXPECT_TRUE(says(Said::succeeded, "done"));
    EXPECT_EQ(state(), State::succeeded);
}

TEST_F(Feedback, IsLimitedInBytesToo) {
    std::string const longest(note_bytes_max, 'x');
    for (std::int64_t i = 0; i * std::ssize(longest) < report_bytes_max; ++i) {
        ASSERT_TRUE(says(Said::working, std::to_string(100 + i) + longest)) << i;
    }
    EXPECT_EQ(upgrade(id).report_bytes, report_bytes_max);
    EXPECT_EQ(says(Said::working, "x").error().code, Errc::too_many);
    EXPECT_TRUE(says(Said::working, "100" + longest)) << "the same again";
    ASSERT_TRUE(counts(97, 100));
    EXPECT_EQ(progress(), 97) << "a report without a text needs no room";
    EXPECT_TRUE(says(Said::succeeded, "done"));
    EXPECT_EQ(state(), State::succeeded);
}

TEST_F(Feedback, ThatClosesButChangesNoStateIsNotRecordedAboveTheLimits) {
    success_is_proven_by_version();
    ASSERT_TRUE(says(Said::succeeded, "done"));
    ASSERT_EQ(state(), State::verifying);
    while (upgrade(id).reports < reports_max) {
        ASSERT_TRUE(says(Said::succeeded, "done " + std::to_string(upgrade(id).reports)));
    }
    auto const before = upgrade(id);
    EXPECT_TRUE(says(Said::succeeded, "done once more"));
    EXPECT_EQ(upgrade(id), before);
    EXPECT_TRUE(says(Said::failed, "broken"));
    EXPECT_EQ(state(), State::failed);
}

// What the device channel asks before it makes a write transaction.
TEST_F(Feedback, IsJudgedBeforeItIsWritten) {
    auto const may = [&](char const* did) {
        return saw([&](Tx const& tx) { return may_refuse(tx, Did{did}, id); });
    };
    auto const would = [&](Said said, std::string text) {
        Report report;
        report.said = said;
        report.texts = {std::move(text)};
        return read(*store, [&](Tx const& tx) {
            return would_record(tx, means, Did{"lamp"}, id, report, clock.now());
        });
    };
    EXPECT_FALSE(may("lamp"));
    EXPECT_TRUE(may("other"));
    EXPECT_EQ(would(Said::working, "first"), true);
    ASSERT_TRUE(says(Said::working, "first"));
    EXPECT_EQ(would(Said::working, "first"), false);
    while (upgrade(id).reports < reports_max) {
        ASSERT_TRUE(says(Said::working, "line " + std::to_string(upgrade(id).reports)));
    }
    EXPECT_TRUE(may("lamp"));
    EXPECT_EQ(would(Said::working, "first"), false);
    EXPECT_EQ(would(Said::working, "one more").error().code, Errc::too_many);
    EXPECT_EQ(would(Said::failed, "the end"), true);
    ASSERT_TRUE(says(Said::failed, "the end"));
    EXPECT_TRUE(may("lamp"));
    EXPECT_EQ(would(Said::failed, "the end").error().code, Errc::gone);
}

TEST_F(Feedback, TellsTheAppProgressAndExactlyOneResult) {
    auto const first = messages("lamp", push::MsgType::progress);
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(
        first[0],
        R"({"msgType":"ota_upgrade_progress","did":"lamp","firmwareVersion":"2.0","progress":0})");
    ASSERT_TRUE(counts(30, 100));
    EXPECT_EQ(messages("lamp", push::MsgType::progress).size(), 1U);
    ASSERT_TRUE(says(Said::failed, "no space left"));
    EXPECT_TRUE(messages("lamp", push::MsgType::progress).empty());
    auto const results = messages("lamp", push::MsgType::result);
    ASSERT_EQ(results.size(), 1U);
    EXPECT_NE(results[0].find(R"("cause":"no_space: no space left")"), std::string::npos);
    EXPECT_FALSE(says(Said::failed, "again"));
    EXPECT_EQ(messages("lamp", push::MsgType::result).size(), 1U);
}

class Cancelling : public Feedback {};

TEST_F(Cancelling, OfAQueuedUpgradeEndsItAtOnce) {
    device("second");
    ASSERT_TRUE(order("second"));
    auto const queued = active("second")->id;
    EXPECT_EQ(cancel("second"), upgrade(queued).order_id);
    EXPECT_EQ(upgrade(queued).state, State::cancelled);
    EXPECT_EQ(upgrade(queued).started_at, std::nullopt);
    EXPECT_EQ(cancel("second").error().code, Errc::nothing_to_upgrade);
}

TEST_F(Cancelling, AsksTheDeviceAndEndsWhenItAgrees) {
    ASSERT_TRUE(says(Said::downloading));
    ASSERT_TRUE(cancel("lamp"));
    EXPECT_EQ(state(), State::cancelling);
    EXPECT_EQ(poll("lamp").task, Task::cancel);
    EXPECT_EQ(fetch("lamp", id).error().code, Errc::not_found);
    ASSERT_TRUE(answer("lamp", id, CancelAnswer::agreed));
    EXPECT_EQ(state(), State::cancelled);
    EXPECT_EQ(upgrade(id).cause, "cancelled");
    EXPECT_EQ(answer("lamp", id, CancelAnswer::agreed).error().code, Errc::gone);
}

TEST_F(Cancelling, RefusedGoesOnWhereItWas) {
    ASSERT_TRUE(says(Said::downloading));
    ASSERT_TRUE(cancel("lamp"));
    ASSERT_TRUE(says(Said::downloaded));
    ASSERT_TRUE(answer("lamp", id, CancelAnswer::refused));
    EXPECT_EQ(state(), State::downloaded);
    EXPECT_EQ(answer("lamp", id, CancelAnswer::refused).error().code, Errc::conflict);
    ASSERT_TRUE(cancel("lamp"));
    ASSERT_TRUE(answer("lamp", id, CancelAnswer::refused));
    EXPECT_EQ(state(), State::downloaded);
}

TEST_F(Cancelling, AnswersThatOnlyNoteAreLimited) {
    ASSERT_TRUE(cancel("lamp"));
    auto const answers = [&](CancelAnswer with, std::string text) {
        return write(*store, [&](Tx& tx) {
            return answer_cancel(tx, means, Did{"lamp"}, id, with, {text}, clock.now());
        });
    };
    while (upgrade(id).reports < reports_max) {
        ASSERT_TRUE(answers(CancelAnswer::noted, std::to_string(upgrade(id).reports)));
    }
    auto const would = [&](CancelAnswer with) {
        return read(*store, [&](Tx const& tx) {
            return would_record_answer(tx, Did{"lamp"}, id, with, {"more"});
        });
    };
    EXPECT_EQ(answers(CancelAnswer::noted, "more").error().code, Errc::too_many);
    EXPECT_EQ(would(CancelAnswer::noted).error().code, Errc::too_many);
    EXPECT_EQ(would(CancelAnswer::agreed), true);
    ASSERT_TRUE(answers(CancelAnswer::agreed, "more"));
    EXPECT_EQ(state(), State::cancelled);
}

TEST_F(Cancelling, LosesAgainstSuccess) {
    ASSERT_TRUE(cancel("lamp"));
    ASSERT_TRUE(says(Said::succeeded));
    EXPECT_EQ(state(), State::succeeded);
}

TEST_F(Cancelling, ByUnbindingEndsItAndTellsTheOldUser) {
    wrote([&](Tx& tx) { return cancel_unbound(tx, means, Did{"lamp"}, clock.now()); });
    EXPECT_EQ(state(), State::cancelled);
    EXPECT_EQ(upgrade(id).cause, "unbound");
    EXPECT_EQ(messages("lamp", push::MsgType::result).size(), 1U);
    wrote([&](Tx& tx) { return cancel_unbound(tx, means, Did{"lamp"}, clock.now()); });
    EXPECT_EQ(messages("lamp", push::MsgType::result).size(), 1U);
}

TEST_F(Cancelling, ByForceEndsItWithoutTheDevice) {
    auto const by = [&](Force force) {
        return write(*store,
                     [&](Tx& tx) { return cancel_by_operator(tx, means, id, force, clock.now()); });
    };
    ASSERT_TRUE(by(Force::ask_the_device));
    EXPECT_EQ(state(), State::cancelling);
    ASSERT_TRUE(by(Force::end_at_once));
    EXPECT_EQ(state(), State::cancelled);
    EXPECT_EQ(by(Force::end_at_once).error().code, Errc::conflict);
}

// With duplicated, late and reordered reports, the upgrade never moves back to an earlier state.
TEST_F(Feedback, InAnyOrderKeepsEveryPromise) {
    std::mt19937 chance(20'261'123);
    auto const any = [&](int below) {
        return std::uniform_int_distribution<int>(0, below - 1)(chance);
    };
    for (int step = 0; step < 1'500; ++step) {
        auto const before = upgrade(id);
        if (any(40) == 0) (void)cancel("lamp");
        if (any(20) == 0) (void)answer("lamp", id, static_cast<CancelAnswer>(any(3)));
        Report report;
        // Closing reports are rare, so that most runs are long.
        report.said = static_cast<Said>(any(30) == 0 ? 4 + any(4) : any(4));
        if (any(3) == 0) report.count = Count{any(120), 100};
        if (any(3) == 0) report.texts = {std::to_string(any(120)) + "% step"};
        (void)say("lamp", id, report);
        auto const after = upgrade(id);
        ASSERT_GE(after.progress, before.progress);
        ASSERT_EQ(after.progress == 100, after.state == State::succeeded);
        if (is_final(after.state)) {
            ASSERT_EQ(messages("lamp", push::MsgType::result).size(), 1U);
            ASSERT_FALSE(active("lamp"));
            ASSERT_TRUE(say("lamp", id, report).error().code == Errc::gone);
            ASSERT_EQ(upgrade(id), after);
            break;
        }
    }
}

}  // namespace
}  // namespace updraft::upgrade
