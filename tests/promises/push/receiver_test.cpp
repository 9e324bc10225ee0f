#include "push/receiver.h"

#include "ports/outbox_table.h"
#include "ports/receivers_table.h"
#include "push_stage.h"

namespace updraft::push {
namespace {

using access::PushState;
using stage::ScriptedHttpClient;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class Receiving : public PushStage {
protected:
    PushState state(AppId const& appid) { return app(appid).push_state; }
    void answer_all(int status) {
        http_client_.follow([status](Parcel const&) { return ScriptedHttpClient::says(status); });
    }
    void accept_all() {
        http_client_.follow(
            [](Parcel const& parcel) { return ScriptedHttpClient::accepts(parcel); });
    }
    // An app whose URL is suspended, because ten results failed.
    AppId suspended() {
        auto const appid = add_app("shop");
        answer_all(500);
        for (int i = 0; i < 10; ++i) tell_result("d" + std::to_string(i));
        settle();
        return appid;
    }
    std::optional<Result<Verdict>> verify(AppId const& appid) {
        std::optional<Result<Verdict>> verdict;
        dispatch_->verify_now(appid, [&](Result<Verdict> found) { verdict = std::move(found); });
        settle();
        return verdict;
    }
};

TEST_F(Receiving, BeginsWithAVerificationThatCarriesKeysAndSignature) {
    auto const appid = add_app("shop", PushState::pending);
    turn();
    ASSERT_EQ(http_client_.in_flight().size(), 1U);
    auto const parcel = http_client_.in_flight()[0];
    EXPECT_EQ(in_words(parcel.body), "verify");
    EXPECT_EQ(parcel.url, url_of("shop"));
    EXPECT_EQ(header(parcel, "Appid"), appid.value);
    EXPECT_EQ(header(parcel, "Appkey"), "key-of-shop");
    EXPECT_TRUE(header(parcel, "webhook-signature").starts_with("v1,"));
    EXPECT_EQ(state(appid), PushState::pending);
    settle();
    EXPECT_EQ(state(appid), PushState::verified);
}

TEST_F(Receiving, WhatComesMeanwhileWaits) {
    auto const appid = add_app("shop", PushState::pending);
    answer_all(404);
    tell_result("a");
    settle();
    EXPECT_EQ(posted(), Words{"verify"});
    EXPECT_EQ(state(appid), PushState::failed);
    accept_all();
    pass(seconds{30});
    EXPECT_EQ(state(appid), PushState::verified);
    EXPECT_EQ(posted(), (Words{"verify", "verify", "result a"}));
}

TEST_F(Receiving, StaleProgressIsNotSentOnceVerified) {
    add_app("shop", PushState::pending);
    answer_all(404);
    tell_progress("a", 10);
    tell_progress("b", 10, 12);
    settle();
    accept_all();
    clock_.advance(minutes{2});
    tell_progress("b", 20, 12);
    settle();
    EXPECT_EQ(posted(), (Words{"verify", "verify", "progress b 20"}));
}

TEST_F(Receiving, TenFailuresInARowSuspend) {
    auto const appid = add_app("shop");
    answer_all(500);
    for (int i = 0; i < 9; ++i) tell_result("d" + std::to_string(i));
    settle();
    EXPECT_EQ(state(appid), PushState::verified);
    accept_all();
    tell_result("x");
    settle();
    answer_all(500);
    for (int i = 0; i < 9; ++i) tell_result("e" + std::to_string(i));
    settle();
    EXPECT_EQ(state(appid), PushState::verified);
    tell_result("y");
    settle();
    EXPECT_EQ(state(appid), PushState::suspended);
    auto const count = posted().size();
    tell_result("z");
    settle();
    EXPECT_EQ(posted().size(), count);
}

TEST_F(Receiving, ProbesWithPausesThatDoubleUpToAQuarterOfAnHour) {
    auto const appid = suspended();
    EXPECT_EQ(state(appid), PushState::suspended);
    auto count = posted().size();
    for (auto const pause : {30, 60, 120, 240, 480, 900, 900}) {
        pass(seconds{pause - 1});
        EXPECT_EQ(posted().size(), count);
        pass(seconds{1});
        EXPECT_EQ(posted(count), Words{"verify"}) << pause;
        count = posted().size();
    }
    EXPECT_EQ(state(appid), PushState::suspended);
}

TEST_F(Receiving, ResumesByItselfAndTellsWhatWaited) {
    auto const appid = suspended();
    accept_all();
    auto const count = posted().size();
    pass(seconds{30});
    EXPECT_EQ(state(appid), PushState::verified);
    auto const words = posted(count);
    ASSERT_EQ(words.size(), 11U);
    EXPECT_EQ(words[0], "verify");
    auto const receiver = seen([&](Tx const& tx) { return tx.receivers().find(appid); });
    EXPECT_EQ(receiver.failures, 0);
    EXPECT_EQ(receiver.due_at, clock_.now() + hours{24});
}

TEST_F(Receiving, ResumesAtOnceWhenAnOperatorAsks) {
    auto const appid = suspended();
    accept_all();
    auto const verdict = verify(appid);
    ASSERT_TRUE(verdict && *verdict);
    EXPECT_TRUE((*verdict)->verified);
    EXPECT_EQ(state(appid), PushState::verified);
}

TEST_F(Receiving, AnOperatorHearsWhatIsWrong) {
    auto const appid = suspended();
    auto const verdict = verify(appid);
    ASSERT_TRUE(verdict && *verdict);
    EXPECT_FALSE((*verdict)->verified);
    EXPECT_EQ((*verdict)->detail, "HTTP status 500");
    EXPECT_EQ(state(appid), PushState::failed);
    EXPECT_EQ(verify({"nobody"})->error().code, Errc::not_found);
    change_app(appid, [](access::App& app) { app.push_url.reset(); });
    EXPECT_EQ(verify(appid)->error().code, Errc::conflict);
}

TEST_F(Receiving, GoneMeansNothingMoreUntilAnOperatorAsks) {
    auto const appid = add_app("shop");
    answer_all(410);
    tell_result("a");
    settle();
    EXPECT_EQ(state(appid), PushState::suspended);
    accept_all();
    auto const count = posted().size();
    for (int day = 0; day < 3; ++day) pass(hours{23});
    EXPECT_EQ(posted().size(), count);
    tell_result("b");
    EXPECT_TRUE(verify(appid)->value().verified);
    settle();
    auto const words = posted(count);
    EXPECT_EQ(words[0], "verify");
    EXPECT_NE(std::ranges::find(words, "result b"), words.end());
}

TEST_F(Receiving, IsVerifiedDailyAndSuspendedWhenThatFails) {
    auto const appid = add_app("shop", PushState::pending);
    settle();
    pass(hours{24} - seconds{1});
    EXPECT_EQ(posted(), Words{"verify"});
    pass(seconds{1});
    EXPECT_EQ(posted(), (Words{"verify", "verify"}));
    EXPECT_EQ(state(appid), PushState::verified);
    answer_all(500);
    pass(hours{24});
    EXPECT_EQ(state(appid), PushState::suspended);
}

TEST_F(Receiving, AnotherUrlStartsAfresh) {
    auto const appid = suspended();
    accept_all();
    written([&](Tx& tx) -> Result<void> {
        TRY_ASSIGN(auto const found, tx.apps().find(appid));
        auto changed = *found;
        TRY(set_url(tx, changed, "https://new.example/p", clock_.now()));
        return tx.apps().replace(changed);
    });
    EXPECT_EQ(state(appid), PushState::pending);
    settle();
    EXPECT_EQ(state(appid), PushState::verified);
    EXPECT_EQ(http_client_.posted().back().url, "https://new.example/p");
}

TEST_F(Receiving, TheSameUrlAgainIsAnotherChanceForAFailedOneOnly) {
    auto const appid = add_app("shop", PushState::pending);
    answer_all(500);
    settle();
    auto const set_again = [&] {
        written([&](Tx& tx) -> Result<void> {
            TRY_ASSIGN(auto const found, tx.apps().find(appid));
            auto changed = *found;
            TRY(set_url(tx, changed, url_of("shop"), clock_.now()));
            return tx.apps().replace(changed);
        });
        settle();
    };
    accept_all();
    set_again();
    EXPECT_EQ(state(appid), PushState::verified);
    auto const count = posted().size();
    set_again();
    EXPECT_EQ(posted().size(), count);
}

TEST_F(Receiving, AVerificationOfAnOldUrlChangesNothing) {
    auto const appid = add_app("shop", PushState::pending);
    turn();
    written([&](Tx& tx) -> Result<void> {
        TRY_ASSIGN(auto const found, tx.apps().find(appid));
        auto changed = *found;
        TRY(set_url(tx, changed, "https://new.example/p", clock_.now()));
        return tx.apps().replace(changed);
    });
    http_client_.answer("echostr", ScriptedHttpClient::says(500));
    turn();
    EXPECT_EQ(state(appid), PushState::pending);
}

TEST_F(Receiving, OldMessagesOfASuspendedReceiverBecomeDeadLetters) {
    auto const appid = suspended();
    auto const id = id_of(http_client_.posted()[0]);
    for (int hour = 0; hour < 80; ++hour) pass(hours{1});
    EXPECT_EQ(state(appid), PushState::suspended);
    EXPECT_EQ(delivery(id).state, DeliveryState::dead);
    auto const depth = seen([](Tx const& tx) { return tx.outbox().depth(); });
    EXPECT_EQ(depth.dead, 10);
    EXPECT_EQ(depth.upgrade_messages, 0);
}

}  // namespace
}  // namespace updraft::push
