#include "case_scene.h"
#include "ports/announcements_table.h"
#include "usecases/refresh_device.h"
#include "usecases/renew_device_token.h"

namespace updraft::usecases {
namespace {

using upgrade::State;

struct ChangeCase {
    std::string name;
    std::optional<std::optional<OpenId>> open_id;
    std::optional<ModelName> model;
    std::optional<Version> version;
    State state;
    std::string cause;
    std::size_t results;
    std::size_t offers;
};
class AChangedDevice : public CaseScene, public testing::WithParamInterface<ChangeCase> {};

// "lamp" runs 1.0, is the user's, and has fetched an upgrade to 2.0.
TEST_P(AChangedDevice, LosesWhatNoLongerFitsAndIsOfferedWhatDoesHoweverItChanges) {
    auto const& tested = GetParam();
    release("2.0");
    for (bool const by_put : {true, false}) {
        std::string const did = by_put ? "put" : "patch";
        device(did);
        auto const id = taken(did);
        auto put = lamp(did);
        fleet::DeviceChange patch;
        patch.did = Did{did};
        if (tested.open_id) patch.open_id = put.open_id = *tested.open_id;
        if (tested.model) patch.model = put.model = *tested.model;
        if (tested.version) patch.version = put.version = *tested.version;
        ASSERT_TRUE(by_put ? enroll(put).has_value() : change(patch).has_value());
        auto const after = upgrade(id);
        EXPECT_EQ(after.state, tested.state);
        EXPECT_EQ(after.cause, tested.cause);
        EXPECT_EQ(results(did), tested.results);
        EXPECT_EQ(offers(did), tested.offers);
        EXPECT_EQ(look_at(did).open_id, put.open_id);
    }
}
constexpr auto other_model = "cancelled: the device became one of another model";
INSTANTIATE_TEST_SUITE_P(
    , AChangedDevice,
    testing::Values(
        ChangeCase{
            "ThatIsUnbound", std::optional<OpenId>{}, {}, {}, State::cancelled, "unbound", 1, 0},
        ChangeCase{"ThatIsRebound", OpenId{"bob"}, {}, {}, State::cancelled, "unbound", 1, 0},
        ChangeCase{
            "OfAnotherModel", {}, ModelName{"plug"}, {}, State::cancelled, other_model, 1, 0},
        ChangeCase{"ThatIsReboundAndOfAnotherModel",
                   OpenId{"bob"},
                   ModelName{"plug"},
                   {},
                   State::cancelled,
                   "unbound",
                   1,
                   0},
        ChangeCase{"OfAnotherVersion", {}, {}, Version{"1.5"}, State::offered, "", 0, 1},
        ChangeCase{"ThatStaysAsItWas", {}, {}, {}, State::offered, "", 0, 0}),
    [](auto const& tested) { return tested.param.name; });

class Devices : public CaseScene {};

TEST_F(Devices, AreOfferedToTheirUsersAppsWhenTheyAreNew) {
    release("2.0");
    auto const made = enroll(lamp("d"));
    ASSERT_TRUE(made);
    EXPECT_TRUE(made->created());
    EXPECT_EQ(offers("d"), 1U);
    auto const again = enroll(lamp("d"));
    ASSERT_TRUE(again);
    EXPECT_FALSE(again->created());
    EXPECT_EQ(offers("d"), 1U);
    auto unbound = lamp("u");
    unbound.open_id.reset();
    ASSERT_TRUE(enroll(unbound)->created());
    EXPECT_EQ(offers("u"), 0U);
}

TEST_F(Devices, BringTheirNewUserWhatAnOperatorHadOrdered) {
    release("2.0");
    auto unbound = lamp("d");
    unbound.open_id.reset();
    ASSERT_TRUE(enroll(unbound));
    upgrade::OperatorOrder wanted;
    wanted.dids = {Did{"d"}};
    ASSERT_TRUE(
        act([&](Tx& tx) { return upgrade::order_by_operator(tx, means, wanted, clock.now()); }));
    auto const id = active("d")->id;
    fleet::DeviceChange bind;
    bind.did = Did{"d"};
    bind.open_id = std::optional(OpenId{"user"});
    ASSERT_TRUE(change(bind));
    EXPECT_EQ(upgrade(id).open_id, OpenId{"user"});
    EXPECT_EQ(upgrade(id).state, State::queued);
}

TEST_F(Devices, AreEnrolledAlthoughOneOfTheBatchCannotBe) {
    auto wrong = lamp("b");
    wrong.gateway_did = Did{"b"};
    std::vector<fleet::Enrolment> const all{lamp("a"), wrong, lamp("c")};
    auto const done = act([&](Tx& tx) { return enroll_devices(tx, use, actor, all, clock.now()); });
    ASSERT_TRUE(done);
    EXPECT_TRUE(done->at(0));
    EXPECT_EQ(done->at(1).error().code, Errc::invalid);
    EXPECT_TRUE(done->at(2));
    EXPECT_EQ(look_at("c").model, ModelName{"lamp"});
    auto const none = read(*store, [](Tx const& tx) { return tx.devices().find(Did{"b"}); });
    EXPECT_EQ(none.error().code, Errc::not_found);
}

TEST_F(Devices, EndTheirUpgradeWhenTheyAreRemoved) {
    release("2.0");
    device("d");
    auto const id = taken("d");
    ASSERT_TRUE(remove("d"));
    EXPECT_EQ(upgrade(id).state, State::cancelled);
    EXPECT_EQ(upgrade(id).cause, "unbound");
    EXPECT_EQ(results("d"), 1U);
    auto const gone = read(*store, [](Tx const& tx) { return tx.devices().find(Did{"d"}); });
    EXPECT_EQ(gone.error().code, Errc::not_found);
}

TEST_F(Devices, AreAskedForTheirAttributesWhenTheirUpgradeEndsWithTheChange) {
    release("2.0");
    auto wanted = lamp("d");
    ASSERT_TRUE(enroll(wanted));
    reports_version("d", "1.0");
    wanted.open_id = OpenId{"another"};
    ASSERT_TRUE(enroll(wanted));
    EXPECT_FALSE(look_at("d").attributes_wanted) << "no upgrade ended";
    wanted.open_id = OpenId{"user"};
    ASSERT_TRUE(enroll(wanted));
    ASSERT_TRUE(order("d"));
    wanted.open_id = {};
    ASSERT_TRUE(enroll(wanted));
    EXPECT_TRUE(look_at("d").attributes_wanted);
}

TEST_F(Devices, AreAskedForTheirAttributesWhenAnOperatorAsks) {
    ASSERT_TRUE(enroll(lamp("d")));
    reports_version("d", "1.0");
    ASSERT_FALSE(look_at("d").attributes_wanted);
    auto const refresh = [&](std::string did) {
        return act([&](Tx& tx) { return refresh_device(tx, actor, Did{did}, clock.now()); });
    };
    ASSERT_TRUE(refresh("d"));
    EXPECT_TRUE(look_at("d").attributes_wanted);
    ASSERT_TRUE(refresh("d")) << "again";
    EXPECT_EQ(refresh("e").error().code, Errc::not_found);
}

TEST_F(Devices, AreToldOfAnewWhenTheyComeBackUnderTheSameName) {
    release("2.0");
    ASSERT_TRUE(enroll(lamp("d")));
    ASSERT_TRUE(remove("d"));
    ASSERT_TRUE(enroll(lamp("d")));
    EXPECT_EQ(offers("d"), 2U);
}

TEST_F(Devices, ThatAreNotThereAreNamedInTheError) {
    Error const missing{Errc::not_found, "there is no device d"};
    fleet::DeviceChange wanted;
    wanted.did = Did{"d"};
    EXPECT_EQ(change(wanted).error(), missing);
    EXPECT_EQ(remove("d").error(), missing);
    auto const renewed =
        act([&](Tx& tx) { return renew_device_token(tx, id_source, actor, Did{"d"}, clock.now()); });
    EXPECT_EQ(renewed.error(), missing);
}

// A listener that refuses every end of an upgrade.
class Refusing final : public upgrade::OutcomeListener {
public:
    Result<void> progressed(Tx&, upgrade::Upgrade const&, Instant) const override { return {}; }
    Result<void> ended(Tx&, upgrade::Upgrade const&, Instant) const override {
        return fail(Errc::busy, "not now");
    }
    Result<void> version_reported(Tx&, fleet::Device const&, Instant) const override { return {}; }
};

TEST_F(Devices, StayAsTheyWereWhenTheirUpgradeCannotBeEnded) {
    release("2.0");
    device("d");
    auto const id = taken("d");
    Refusing const listener;
    upgrade::Means const refusing{.limits = limits, .id_source = id_source, .listener = listener};
    Means const use_refusing{.upgrades = refusing, .outbox = outbox};
    auto wanted = lamp("d");
    wanted.open_id = OpenId{"bob"};
    auto const refused = act([&](Tx& tx) {
        return enroll_devices(tx, use_refusing, actor, std::span(&wanted, 1), clock.now());
    });
    EXPECT_EQ(refused.error().code, Errc::busy);
    EXPECT_EQ(look_at("d").open_id, OpenId{"user"});
    EXPECT_EQ(upgrade(id).state, State::offered);
}

}  // namespace
}  // namespace updraft::usecases
