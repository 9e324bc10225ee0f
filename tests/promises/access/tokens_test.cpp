#include <gtest/gtest.h>

#include "access/authorization.h"
#include "access/granting.h"
#include "access/token.h"
#include "ports/apps_table.h"
#include "ports/grants_table.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"
#include "stage/sequence_id_source.h"

namespace updraft::access {
namespace {

using namespace std::chrono_literals;

class Tokens : public testing::Test {
protected:
    template <class Body>
    auto write_or_throw(Body body) {
        auto answer = write(*store, std::move(body));
        if (!answer) throw std::runtime_error(answer.error().detail);
        if constexpr (!std::is_void_v<typename decltype(answer)::value_type>) return *answer;
    }
    void SetUp() override {
        for (auto const& appid : {ours, theirs}) {
            App app;
            app.appid = appid;
            app.created_at = clock.now();
            write_or_throw([app](Tx& tx) { return tx.apps().insert(app); });
        }
    }
    Issued sign_in(std::string const& account, AppId appid = ours) {
        return write_or_throw(
            [&](Tx& tx) { return access::sign_in(tx, means, appid, account, clock.now()); });
    }
    Result<Issued> grant(std::string open_id, AppId appid = ours) {
        Caller const caller{appid, {open_id}};
        return write(*store, [&](Tx& tx) { return access::grant(tx, means, caller, clock.now()); });
    }
    Result<std::optional<Issued>> refresh(Secret const& token, std::optional<OpenId> open_id,
                                          AppId appid = ours) {
        return write(*store, [&](Tx& tx) {
            return access::refresh(tx, means, appid, open_id, sha256(token.reveal()), clock.now());
        });
    }
    Issued refreshed(Issued const& before) {
        auto answer = refresh(before.refresh_token, before.open_id);
        if (!answer || !*answer) throw std::runtime_error("not refreshed");
        return **answer;
    }
    Result<OpenId> check(Secret const& token, AppId appid = ours) {
        return read(*store, [&](Tx const& tx) {
            return access::check(tx, appid, sha256(token.reveal()), clock.now());
        });
    }
    Errc refusal(Secret const& token, AppId appid = ours) {
        auto const answer = check(token, appid);
        return answer ? Errc{} : answer.error().code;
    }
    bool lives(Secret const& token) { return check(token).has_value(); }

    static inline AppId const ours{"aaaaaaaaaaaaaaaaaaaaaaaa"};
    static inline AppId const theirs{"bbbbbbbbbbbbbbbbbbbbbbbb"};

    stage::ManualClock clock;
    stage::SequenceIdSource id_source;
    Lifetimes lifetimes;
    Means means{id_source, lifetimes};
    stage::ScratchStore store = stage::open_store();
};

TEST_F(Tokens, IdentifyTheUserTheyWereIssuedFor) {
    auto const issued = sign_in("bob");
    EXPECT_EQ(check(issued.access_token), issued.open_id);
    EXPECT_EQ(issued.expires_in_seconds, 7200);
    EXPECT_EQ(issued.access_token.reveal().size(), 43U);
    EXPECT_EQ(issued.refresh_token.reveal().size(), 43U);
}

TEST_F(Tokens, AreForNoMoreNewUsersThanTheAppMayMake) {
    means.users_per_app_max = 2;
    auto const first = sign_in("ann");
    sign_in("bob");
    auto const more =
        write(*store, [&](Tx& tx) { return access::sign_in(tx, means, ours, "eve", clock.now()); });
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, Errc::too_many);
    // Those that exist go on, also above a limit that was lowered; another app has its own count.
    means.users_per_app_max = 1;
    EXPECT_EQ(sign_in("ann").open_id, first.open_id);
    EXPECT_EQ(sign_in("bob").open_id, sign_in("bob").open_id);
    sign_in("eve", theirs);
    EXPECT_TRUE(grant("somebody of the operator"));
}

TEST_F(Tokens, AreRefusedWhenUnknownAnotherAppsOrOfTheWrongKind) {
    auto const issued = sign_in("bob");
    EXPECT_EQ(refusal(Secret("nonsense")), Errc::token_invalid);
    EXPECT_EQ(refusal(issued.access_token, theirs), Errc::token_invalid);
    EXPECT_EQ(refusal(issued.refresh_token), Errc::token_invalid);
}

TEST_F(Tokens, ExpireOnTheirLastMillisecond) {
    auto const issued = sign_in("bob");
    clock.advance(2h - 1ms);
    EXPECT_TRUE(lives(issued.access_token));
    clock.advance(1ms);
    EXPECT_EQ(refusal(issued.access_token), Errc::token_expired);
}

TEST_F(Tokens, AreRefreshedOnceAndTheOldPairIsDeadAtOnce) {
    auto const before = sign_in("bob");
    auto const after = refreshed(before);
    EXPECT_EQ(after.open_id, before.open_id);
    EXPECT_TRUE(lives(after.access_token));
    EXPECT_EQ(refusal(before.access_token), Errc::token_invalid);
}

TEST_F(Tokens, EndTheirWholeFamilyWhenARefreshTokenComesTwice) {
    auto const first = sign_in("bob");
    auto const other_device = sign_in("bob");
    auto const second = refreshed(first);
    auto const third = refreshed(second);

    clock.advance(lifetimes.refresh_grace);
    auto const answer = refresh(first.refresh_token, first.open_id);
    ASSERT_TRUE(answer);
    EXPECT_FALSE(*answer) << "the used token gave tokens again";
    EXPECT_EQ(refusal(third.access_token), Errc::token_invalid);
    EXPECT_EQ(refresh(third.refresh_token, third.open_id).error().code, Errc::refresh_invalid);
    EXPECT_TRUE(lives(other_device.access_token)) << "another family was ended as well";
}

struct ReuseCase {
    std::string name;
    Millis grace = 30s;
    Millis waited{0};  // Between the first and the second use.
    bool answers = true;
};
class Reuse : public Tokens, public testing::WithParamInterface<ReuseCase> {};
TEST_P(Reuse, WithinTheGraceAnswersOnceMoreAndTheThirdEndsTheFamily) {
    lifetimes.refresh_grace = GetParam().grace;
    auto const lost = sign_in("bob");
    auto const elsewhere = sign_in("bob");
    auto const first = refreshed(lost);
    clock.advance(GetParam().waited);
    auto const second = refresh(lost.refresh_token, lost.open_id);
    ASSERT_TRUE(second);
    ASSERT_EQ(second->has_value(), GetParam().answers);
    EXPECT_EQ(lives(first.access_token), GetParam().answers);
    if (GetParam().answers) {
        EXPECT_EQ((*second)->family, first.family);
        EXPECT_NE((*second)->access_token.reveal(), first.access_token.reveal());
        EXPECT_TRUE(lives((*second)->access_token));
        EXPECT_FALSE(lives(lost.access_token));
        auto const third = refresh(lost.refresh_token, lost.open_id);
        ASSERT_TRUE(third);
        EXPECT_FALSE(*third);
        EXPECT_FALSE(lives(first.access_token));
        EXPECT_FALSE(lives((*second)->access_token));
        EXPECT_FALSE(refresh((*second)->refresh_token, lost.open_id));
    }
    EXPECT_FALSE(refresh(first.refresh_token, lost.open_id));
    EXPECT_TRUE(lives(elsewhere.access_token));
}
INSTANTIATE_TEST_SUITE_P(
    , Reuse,
    testing::Values(ReuseCase{.name = "AtOnce"},
                    ReuseCase{.name = "OnTheLastMillisecond", .waited = 30s - 1ms},
                    ReuseCase{.name = "TooLate", .waited = 30s, .answers = false},
                    ReuseCase{.name = "WithoutGrace", .grace = 0s, .answers = false},
                    ReuseCase{.name = "AfterTheClockWasSetBack", .waited = -1h}),
    [](auto const& tested) { return tested.param.name; });

TEST_F(Tokens, OfBothAnswersCanBeRefreshedAndThatEndsTheOther) {
    for (bool const with_first : {true, false}) {
        auto const lost = sign_in("bob");
        auto const first = refreshed(lost);
        auto const second = refreshed(lost);
        auto const& kept = with_first ? first : second;
        auto const& other = with_first ? second : first;
        auto const next = refreshed(kept);
        EXPECT_TRUE(lives(next.access_token));
        EXPECT_FALSE(lives(other.access_token));
        EXPECT_EQ(refresh(other.refresh_token, other.open_id).error().code, Errc::refresh_invalid);
        EXPECT_TRUE(lives(next.access_token)) << "an unused pair of the family ended it";
    }
}

// The first use was before the token expired, and its answer was lost.
TEST_F(Tokens, ThatExpiredMeanwhileStillAnswerOnceMore) {
    auto const lost = sign_in("bob");
    clock.advance(720h - 1ms);
    refreshed(lost);
    clock.advance(1s);
    EXPECT_TRUE(lives(refreshed(lost).access_token));
}

struct RefreshCase {
    std::string name;
    bool own_app = true;
    bool own_user = true;
    bool access_token = false;
    Millis waited{0};
    Errc refused;
};
class Refreshing : public Tokens, public testing::WithParamInterface<RefreshCase> {};
TEST_P(Refreshing, IsRefusedAndChangesNothing) {
    auto const issued = sign_in("bob");
    clock.advance(GetParam().waited);
    auto const& token = GetParam().access_token ? issued.access_token : issued.refresh_token;
    auto const answer = refresh(token, GetParam().own_user ? issued.open_id : OpenId{"somebody"},
                                GetParam().own_app ? ours : theirs);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, GetParam().refused);
    clock.advance(-GetParam().waited);
    EXPECT_TRUE(lives(refreshed(issued).access_token));
}
INSTANTIATE_TEST_SUITE_P(
    , Refreshing,
    testing::Values(
        RefreshCase{.name = "AnotherApps", .own_app = false, .refused = Errc::refresh_invalid},
        RefreshCase{.name = "AnotherUsers", .own_user = false, .refused = Errc::refresh_invalid},
        RefreshCase{
            .name = "AnAccessToken", .access_token = true, .refused = Errc::refresh_invalid},
        RefreshCase{.name = "Expired", .waited = 720h, .refused = Errc::refresh_expired}),
    [](auto const& tested) { return tested.param.name; });

TEST_F(Tokens, LiveInTenFamiliesAndTheOldestIsSuperseded) {
    std::vector<Issued> issued;
    for (int i = 0; i < 11; ++i) issued.push_back(sign_in("bob"));  // All in the same millisecond.
    EXPECT_EQ(refusal(issued[0].access_token), Errc::token_invalid);
    EXPECT_EQ(refresh(issued[0].refresh_token, issued[0].open_id).error().code,
              Errc::refresh_invalid);
    for (std::size_t i = 1; i < issued.size(); ++i) EXPECT_TRUE(lives(issued[i].access_token)) << i;
}

TEST_F(Tokens, OfExpiredFamiliesPushNobodyOut) {
    auto const long_lived = sign_in("bob");
    for (int i = 0; i < 9; ++i) sign_in("bob");
    clock.advance(700h);
    auto const kept = refreshed(long_lived);
    clock.advance(100h);  // The nine others have expired.
    for (int i = 0; i < 9; ++i) sign_in("bob");
    EXPECT_TRUE(refresh(kept.refresh_token, kept.open_id));
}

TEST_F(Tokens, OfOneUserLeaveAnothersAlone) {
    auto const alice = sign_in("alice");
    for (int i = 0; i < 12; ++i) sign_in("bob");
    EXPECT_TRUE(lives(alice.access_token));
}

TEST_F(Tokens, OfOneFamilyAreRememberedInLimitedNumber) {
    auto const first = sign_in("bob");
    auto last = first;
    for (std::int64_t i = 0; i <= spent_kept; ++i) {
        clock.advance(1s);
        last = refreshed(last);
    }
    EXPECT_EQ(refresh(first.refresh_token, first.open_id).error().code, Errc::refresh_invalid);
    EXPECT_TRUE(lives(last.access_token)) << "a token that is merely forgotten ended the family";
}

TEST_F(Tokens, AreToldExpiredForAWeekAndThenSwept) {
    auto const issued = sign_in("bob");
    auto const sweep = [this] {
        return write_or_throw([&](Tx& tx) { return access::sweep(tx, clock.now(), 100); });
    };
    clock.advance(2h + expired_kept);
    EXPECT_EQ(sweep(), 0);
    EXPECT_EQ(refusal(issued.access_token), Errc::token_expired);
    clock.advance(1ms);
    EXPECT_EQ(sweep(), 1);
    EXPECT_EQ(refusal(issued.access_token), Errc::token_invalid);
}

class Granting : public Tokens {};

TEST_F(Granting, GivesOneAppAndAccountAlwaysTheSameUser) {
    auto const first = sign_in("bob");
    EXPECT_EQ(sign_in("bob").open_id, first.open_id);
    EXPECT_NE(sign_in("alice").open_id, first.open_id);
    EXPECT_NE(sign_in("bob", theirs).open_id, first.open_id);
}

TEST_F(Granting, KeepsAUserThatAnAppMadeToThatApp) {
    auto const bob = sign_in("bob");
    EXPECT_TRUE(grant(bob.open_id.value, ours));
    EXPECT_EQ(grant(bob.open_id.value, theirs).error().code, Errc::conflict);
}

TEST_F(Granting, GivesAnOperatorsUserToSeveralApps) {
    auto const one = grant("user-1", ours);
    auto const two = grant("user-1", theirs);
    ASSERT_TRUE(one && two);
    EXPECT_EQ(check(one->access_token, ours), OpenId{"user-1"});
    EXPECT_EQ(check(two->access_token, theirs), OpenId{"user-1"});
    auto const apps = read(*store, [](Tx const& tx) { return tx.grants().apps_of({"user-1"}); });
    EXPECT_EQ(*apps, (std::vector<AppId>{ours, theirs}));
}

TEST_F(Granting, NeedsAnApp) {
    EXPECT_EQ(grant("user-1", AppId{"nobody"}).error().code, Errc::not_found);
}

TEST_F(Granting, TakenBackKillsAllTokensAtOnceAndCanBeGivenAgain) {
    auto const first = sign_in("bob");
    auto const second = sign_in("bob");
    Caller const caller{ours, first.open_id};
    write_or_throw([&](Tx& tx) { return revoke(tx, caller); });
    EXPECT_EQ(refusal(first.access_token), Errc::token_invalid);
    EXPECT_EQ(refusal(second.access_token), Errc::token_invalid);
    EXPECT_EQ(refresh(second.refresh_token, second.open_id).error().code, Errc::refresh_invalid);
    EXPECT_EQ(write(*store, [&](Tx& tx) { return revoke(tx, caller); }).error().code,
              Errc::not_found);
    EXPECT_EQ(sign_in("bob").open_id, first.open_id);
}

class Codes : public Tokens {
protected:
    static inline std::string const uri = "https://app.example/back?tab=1";

    Result<Authorized> authorize(AuthorizationAsk const& ask) {
        return write(*store,
                     [&](Tx& tx) { return access::authorize(tx, means, ask, clock.now()); });
    }
    Authorized authorized() {
        auto made = authorize({.caller = {ours, {"user-1"}}, .redirect_uri = uri, .state = "x y"});
        if (!made) throw std::runtime_error(made.error().detail);
        return *made;
    }
    Result<std::optional<Issued>> redeem(Secret const& code, std::string const& redirect_uri = uri,
                                         AppId appid = ours) {
        return write(*store, [&](Tx& tx) {
            return access::redeem(tx, means, appid, sha256(code.reveal()), redirect_uri,
                                  clock.now());
        });
    }
};

TEST_F(Codes, AreHandedBackThroughTheRedirect) {
    auto const made = authorized();
    EXPECT_EQ(made.redirect_to, uri + "&code=" + made.code.reveal() + "&state=x%20y");
}

TEST_F(Codes, GiveTokensOnce) {
    auto const made = authorized();
    auto const issued = redeem(made.code);
    ASSERT_TRUE(issued && *issued);
    EXPECT_EQ(check((*issued)->access_token), OpenId{"user-1"});

    auto const again = redeem(made.code);
    ASSERT_TRUE(again);
    EXPECT_FALSE(*again);
    EXPECT_EQ(refusal((*issued)->access_token), Errc::token_invalid);
}

TEST_F(Codes, AreRefusedToOthersElsewhereAndLater) {
    auto const made = authorized();
    EXPECT_EQ(redeem(Secret("nonsense")).error().code, Errc::invalid);
    EXPECT_EQ(redeem(made.code, uri, theirs).error().code, Errc::invalid);
    EXPECT_EQ(redeem(made.code, "https://evil.example/").error().code, Errc::invalid);
    clock.advance(10min);
    EXPECT_EQ(redeem(made.code).error().code, Errc::invalid);
    clock.advance(-1ms);
    EXPECT_TRUE(redeem(made.code)) << "a refusal spent the code";
}

TEST_F(Codes, AreNotMadeForAnotherAppsUser) {
    auto const bob = sign_in("bob");
    auto const made =
        authorize({.caller = {theirs, bob.open_id}, .redirect_uri = uri, .state = std::nullopt});
    EXPECT_EQ(made.error().code, Errc::conflict);
}

TEST_F(Codes, NeedAValidRedirectUri) {
    for (auto const* const bad : {"",
                                  "app.example",
                                  "javascript:alert(1)",
                                  "https://",
                                  "https:///x",
                                  "https://a/#b",
                                  "https://a b/",
                                  "ftp://a/",
                                  "https://a/\r\nX: y",
                                  "//a/b",
                                  "com.example.app:",
                                  "com.example.app:back",
                                  "com.example.app:/#b",
                                  ".example:/back",
                                  "example.:/back",
                                  "com..app:/back",
                                  "1com.app:/back",
                                  "com.ex_app:/back",
                                  "myapp:/back",
                                  "javascript:/alert(1)",
                                  "data:/x.y",
                                  "com.example.app"}) {
        auto const made =
            authorize({.caller = {ours, {"user-1"}}, .redirect_uri = bad, .state = std::nullopt});
        ASSERT_FALSE(made) << bad;
        EXPECT_EQ(made.error().code, Errc::invalid) << bad;
    }
}

TEST_F(Codes, MayGoToASchemeThatAnAppOfADeviceOwns) {
    for (auto const* const good : {"com.example.app:/back", "com.example.app://back",
                                   "Com.Example-2.app+x:/back?a=b", "HTTPS://app.example/back"}) {
        auto const made =
            authorize({.caller = {ours, {"user-1"}}, .redirect_uri = good, .state = std::nullopt});
        ASSERT_TRUE(made) << good;
        auto const joint = std::string_view(good).find('?') == std::string_view::npos ? "?" : "&";
        EXPECT_EQ(made->redirect_to, std::string(good) + joint + "code=" + made->code.reveal());
        EXPECT_TRUE(*redeem(made->code, good));
    }
}

}  // namespace
}  // namespace updraft::access
