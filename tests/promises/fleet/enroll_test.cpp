#include "fleet/enroll.h"

#include <gtest/gtest.h>

#include "access/grant.h"
#include "fleet/gateway.h"
#include "fleet/ownership.h"
#include "ports/devices_table.h"
#include "ports/grants_table.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"
#include "stage/sequence_id_source.h"
#include "vocabulary/if_found.h"

namespace updraft::fleet {
namespace {

using stage::noon;

class Fleet : public testing::Test {
protected:
    static Enrolment lamp(std::string did) {
        Enrolment enrolment;
        enrolment.did = {std::move(did)};
        enrolment.name = "kitchen";
        enrolment.model = {"lamp"};
        enrolment.version = {"1.0"};
        return enrolment;
    }
    struct Written {
        Became became;
        std::optional<Secret> token;

        [[nodiscard]] bool created() const { return token.has_value(); }
        [[nodiscard]] bool offer_may_be_new() const { return became.offer_may_be_new(); }
    };
    Result<Written> wrote(Tx& tx, Became became, Instant now) {
        Written done{std::move(became), std::nullopt};
        TRY_ASSIGN(done.token, write_device(tx, id_source, done.became, now));
        return done;
    }
    Result<Written> put(Enrolment const& wanted, Instant now = noon) {
        return write(*store, [&](Tx& tx) -> Result<Written> {
            TRY_ASSIGN(auto before, if_found(tx.devices().find(wanted.did)));
            TRY_ASSIGN(auto became, enrolled(tx, wanted, std::move(before), now));
            return wrote(tx, std::move(became), now);
        });
    }
    Result<Written> patch(std::string const& did, DeviceChange wanted) {
        wanted.did = Did{did};
        return write(*store, [&](Tx& tx) -> Result<Written> {
            TRY_ASSIGN(auto became, changed(tx, wanted));
            return wrote(tx, std::move(became), noon + Millis{1});
        });
    }
    Result<Device> find(std::string const& did) {
        return read(*store, [&](Tx const& tx) { return tx.devices().find(Did{did}); });
    }

    void wrote_as_it_is(std::string const& did) {
        Device device;
        device.did = Did{did};
        device.model = ModelName{"lamp"};
        device.version = Version{"1.0"};
        device.created_at = noon;
        ASSERT_TRUE(write(*store, [&](Tx& tx) { return tx.devices().insert(device); }));
    }

    stage::ScratchStore store = stage::open_store();
    stage::SequenceIdSource id_source;
};

TEST_F(Fleet, GivesANewDeviceATokenAndKeepsOnlyItsDigest) {
    auto const made = put(lamp("d"));
    ASSERT_TRUE(made) << made.error().detail;
    ASSERT_TRUE(made->created());
    EXPECT_EQ(made->token->reveal().size(), 32U);
    auto const stored = find("d").value();
    EXPECT_EQ(stored.token_digest, sha256(made->token->reveal()));
    EXPECT_EQ(stored.created_at, noon);
    EXPECT_TRUE(stored.attributes_wanted);
    EXPECT_EQ(stored.open_id, std::nullopt);
}

TEST_F(Fleet, TakesATokenThatTheOperatorChose) {
    Secret const chosen("kitchen_lamp-0001");
    auto first = lamp("d");
    first.token = chosen;
    auto const made = put(first);
    ASSERT_TRUE(made && made->created());
    EXPECT_EQ(made->token->reveal(), chosen.reveal());
    EXPECT_EQ(find("d")->token_digest, sha256(chosen.reveal()));

    auto second = lamp("d");
    second.token = Secret("another-token-of-it");
    auto const replaced = put(second);
    ASSERT_TRUE(replaced && !replaced->created());
    EXPECT_EQ(find("d")->token_digest, sha256("another-token-of-it"));
    ASSERT_TRUE(put(lamp("d")));
    EXPECT_EQ(find("d")->token_digest, sha256("another-token-of-it"));
    DeviceChange wanted;
    wanted.token = chosen;
    ASSERT_TRUE(patch("d", wanted));
    EXPECT_EQ(find("d")->token_digest, sha256(chosen.reveal()));
}

TEST(ChosenTokens, Have16To128SafeCharacters) {
    std::string const longest(128, 'x');
    for (std::string const& good :
         {std::string("abcdefghijklmno-"), std::string("A_Z0123456789abc"), longest}) {
        EXPECT_TRUE(read_device_token(good)) << good;
    }
    for (std::string const& bad :
         {std::string(), std::string(15, 'x'), longest + "x", std::string("a b-cdefghijklmnop"),
          std::string("ä-cdefghijklmnop"), std::string("abc.defghijklmnop"),
          std::string("abc=defghijklmnop")}) {
        auto const read = read_device_token(bad);
        ASSERT_FALSE(read) << bad;
        EXPECT_EQ(read.error().code, Errc::invalid);
        EXPECT_TRUE(read.error().detail.starts_with("deviceToken"));
        EXPECT_TRUE(bad.empty() || read.error().detail.find(bad) == std::string::npos);
    }
}

TEST_F(Fleet, EnrolsNoDeviceThatNoClientCanReach) {
    for (std::string const did : {".", ".."}) {
        EXPECT_EQ(put(lamp(did)).error().code, Errc::invalid) << did;
        auto behind = lamp("d");
        behind.gateway_did = Did{did};
        EXPECT_EQ(put(behind).error().code, Errc::invalid) << did;
        // A row of an earlier release stays, and may be changed.
        wrote_as_it_is(did);
        EXPECT_TRUE(put(lamp(did))) << did;
    }
    EXPECT_TRUE(put(lamp("...")));
    EXPECT_TRUE(put(lamp(".d")));
}

TEST_F(Fleet, ReplacesAllThatAPutSaysAndKeepsTheRest) {
    auto first = lamp("d");
    first.open_id = OpenId{"ann"};
    first.gateway_did = Did{"hub"};
    auto const token_digest = put(first).value().became.after.token_digest;
    auto second = lamp("d");
    second.name = "";
    second.model = {"plug"};
    second.version = {"2.0"};
    auto const replaced = put(second, noon + Millis{9});
    ASSERT_TRUE(replaced);
    EXPECT_FALSE(replaced->created());
    auto const stored = find("d").value();
    EXPECT_EQ(stored.name, "");
    EXPECT_EQ(stored.model, ModelName{"plug"});
    EXPECT_EQ(stored.version, Version{"2.0"});
    EXPECT_EQ(stored.open_id, std::nullopt);
    EXPECT_EQ(stored.gateway_did, std::nullopt);
    EXPECT_EQ(stored.token_digest, token_digest);
    EXPECT_EQ(stored.created_at, noon);
}

TEST_F(Fleet, ChangesOnlyWhatAPatchGives) {
    auto enrolment = lamp("d");
    enrolment.open_id = OpenId{"ann"};
    ASSERT_TRUE(put(enrolment));
    DeviceChange wanted;
    wanted.name = "hall";
    ASSERT_TRUE(patch("d", wanted));
    auto const stored = find("d").value();
    EXPECT_EQ(stored.name, "hall");
    EXPECT_EQ(stored.version, Version{"1.0"});
    EXPECT_EQ(stored.open_id, OpenId{"ann"});
    EXPECT_EQ(patch("none", wanted).error().code, Errc::not_found);
}

TEST_F(Fleet, MakesANewOpenIdKnown) {
    auto enrolment = lamp("d");
    enrolment.open_id = OpenId{"ann"};
    ASSERT_TRUE(put(enrolment));
    DeviceChange rebind;
    rebind.open_id = std::optional(OpenId{"bob"});
    ASSERT_TRUE(patch("d", rebind));
    for (auto const* open_id : {"ann", "bob"}) {
        auto const user =
            read(*store, [&](Tx const& tx) { return tx.grants().user(OpenId{open_id}); });
        ASSERT_TRUE(user);
        EXPECT_EQ(user->made_by, std::nullopt);
    }
}

struct UserCase {
    std::string name;
    std::optional<OpenId> before;
    std::optional<OpenId> after;
    bool leaves_user;
    bool offer_may_be_new;
};
class ChangeOfUser : public Fleet, public testing::WithParamInterface<UserCase> {};

TEST_P(ChangeOfUser, IsToldHoweverItHappens) {
    auto const& tested = GetParam();
    for (bool const by_put : {true, false}) {
        auto enrolment = lamp(by_put ? "put" : "patch");
        enrolment.open_id = tested.before;
        ASSERT_TRUE(put(enrolment));
        enrolment.open_id = tested.after;
        DeviceChange wanted;
        wanted.open_id = tested.after;
        auto const done = by_put ? put(enrolment) : patch("patch", wanted);
        ASSERT_TRUE(done);
        EXPECT_EQ(done->became.leaves_user(), tested.leaves_user);
        EXPECT_EQ(done->offer_may_be_new(), tested.offer_may_be_new);
        EXPECT_EQ(find(enrolment.did.value).value().open_id, tested.after);
    }
}
INSTANTIATE_TEST_SUITE_P(
    , ChangeOfUser,
    testing::Values(UserCase{"Bound", std::nullopt, OpenId{"ann"}, false, true},
                    UserCase{"Rebound", OpenId{"ann"}, OpenId{"bob"}, true, true},
                    UserCase{"Unbound", OpenId{"ann"}, std::nullopt, true, false},
                    UserCase{"Kept", OpenId{"ann"}, OpenId{"ann"}, false, false},
                    UserCase{"NeverBound", std::nullopt, std::nullopt, false, false}),
    [](auto const& tested) { return tested.param.name; });

TEST_F(Fleet, SaysWhenAnotherVersionOrModelMayHaveAnotherOffer) {
    auto enrolment = lamp("d");
    enrolment.open_id = OpenId{"ann"};
    EXPECT_TRUE(put(enrolment)->offer_may_be_new());
    EXPECT_FALSE(put(enrolment)->offer_may_be_new());
    DeviceChange wanted;
    wanted.version = Version{"2.0"};
    EXPECT_TRUE(patch("d", wanted)->offer_may_be_new());
    EXPECT_FALSE(patch("d", wanted)->offer_may_be_new());
    wanted.model = ModelName{"plug"};
    EXPECT_TRUE(patch("d", wanted)->offer_may_be_new());
}

TEST_F(Fleet, SaysWhenADeviceBecomesOneOfAnotherModel) {
    auto enrolment = lamp("d");
    EXPECT_FALSE(put(enrolment)->became.changes_model());
    enrolment.model = {"plug"};
    EXPECT_TRUE(put(enrolment)->became.changes_model());
    EXPECT_FALSE(put(enrolment)->became.changes_model());
}

struct GatewayCase {
    std::string name;
    std::string did;
    std::string gateway;
    bool allowed;
};
class GatewayHierarchy : public Fleet, public testing::WithParamInterface<GatewayCase> {};

// "sub" is a sub-device of the gateway "hub"; "free" has no gateway.
TEST_P(GatewayHierarchy, IsOneLevelDeep) {
    auto sub = lamp("sub");
    sub.gateway_did = Did{"hub"};
    for (auto const& enrolment : {lamp("hub"), sub, lamp("free")}) ASSERT_TRUE(put(enrolment));
    auto wanted = lamp(GetParam().did);
    wanted.gateway_did = Did{GetParam().gateway};
    auto const done = put(wanted);
    EXPECT_EQ(done.has_value(), GetParam().allowed);
    if (!done) {
        EXPECT_EQ(done.error().code, Errc::invalid);
        EXPECT_NE(done.error().detail.find("gatewayDid"), std::string::npos);
    }
}
INSTANTIATE_TEST_SUITE_P(
    , GatewayHierarchy,
    testing::Values(GatewayCase{"AnotherHangsOnAGateway", "new", "hub", true},
                    GatewayCase{"AGatewayMayComeLater", "new", "not-yet", true},
                    GatewayCase{"ItMayStay", "sub", "hub", true},
                    GatewayCase{"NobodyIsHisOwn", "free", "free", false},
                    GatewayCase{"NobodyNewIsHisOwn", "new", "new", false},
                    GatewayCase{"NothingHangsOnASubDevice", "free", "sub", false},
                    GatewayCase{"AGatewayHangsOnNothing", "hub", "free", false}),
    [](auto const& tested) { return tested.param.name; });

TEST_F(Fleet, EndsTheOldTokenWithANewOne) {
    auto const old = put(lamp("d")).value();
    auto const renewed =
        write(*store, [&](Tx& tx) { return renew_token(tx, id_source, Did{"d"}); });
    ASSERT_TRUE(renewed);
    EXPECT_NE(renewed->reveal(), old.token->reveal());
    EXPECT_EQ(find("d").value().token_digest, sha256(renewed->reveal()));
    auto const none = write(*store, [&](Tx& tx) { return renew_token(tx, id_source, Did{"x"}); });
    EXPECT_EQ(none.error().code, Errc::not_found);
}

TEST_F(Fleet, AnswersAlikeForNoDeviceAndSomebodyElses) {
    auto mine = lamp("mine");
    mine.open_id = OpenId{"ann"};
    auto theirs = lamp("theirs");
    theirs.open_id = OpenId{"bob"};
    for (auto const& one : {mine, theirs, lamp("nobodys")}) ASSERT_TRUE(put(one));
    auto const ask = [&](std::string did) {
        return read(*store, [&](Tx const& tx) { return owned(tx, OpenId{"ann"}, Did{did}); });
    };
    EXPECT_EQ(ask("mine").value().did, Did{"mine"});
    auto const missing = ask("missing").error();
    EXPECT_EQ(missing.code, Errc::not_bound);
    EXPECT_EQ(ask("theirs").error(), missing);
    EXPECT_EQ(ask("nobodys").error(), missing);
}

TEST(GatewayFamily, IsNamedByTheGateway) {
    Device sub;
    sub.did = {"sub"};
    sub.gateway_did = Did{"hub"};
    Device hub;
    hub.did = {"hub"};
    EXPECT_EQ(family_of(sub), Did{"hub"});
    EXPECT_EQ(family_of(hub), Did{"hub"});
    EXPECT_TRUE(speaks_for(Did{"hub"}, sub));
    EXPECT_TRUE(speaks_for(Did{"hub"}, hub));
    EXPECT_FALSE(speaks_for(Did{"sub"}, hub));
}

}  // namespace
}  // namespace updraft::fleet
