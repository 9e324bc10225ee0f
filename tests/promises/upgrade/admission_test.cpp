#include "upgrade/admission.h"

#include "scene.h"
#include "upgrade/why.h"

namespace updraft::upgrade {
namespace {

// Who is held back by each reason, where it is true: a user's order, an operator's, a rollout, what
// starts by itself, an operator's order with `force`, and one with `allowOlder`.
struct Precedence {
    Reason reason;
    std::string held;  // "x" for each of the six that is held back, "." for the others.
};
std::vector<Precedence> const precedences{
    {Reason::no_release, "xxxxxx"},
    {Reason::not_upgradable, "xxxxxx"},
    {Reason::already_on_version, "xxxxx."},
    {Reason::newer_version, "xxxxx."},
    {Reason::offers_after, "xxxxx."},
    {Reason::needs_stepping_stone, "xxxxx."},
    {Reason::not_in_audience, "xxxxx."},
    {Reason::excluded, "xxxxx."},
    {Reason::held, "xxxxxx"},
    {Reason::halted, "xxxxx."},
    {Reason::availability_nobody, "xxxxx."},
    {Reason::paused, "xxxxx."},
    {Reason::wave_not_yet, "xxxxx."},
    {Reason::no_room, "x.xx.."},
    {Reason::rate, "x.xx.."},
    {Reason::retry_later, "..x..."},
    {Reason::policy_off, "..xx.."},
    {Reason::window, "..x..."},
    {Reason::upgrade_hours, ".xxx.x"},
    {Reason::gateway_turn, "xxxxxx"},
    {Reason::active_upgrade, "xxxxxx"},
    {Reason::device_deferred, "xxxxxx"},
    {Reason::not_polled, "xxxxxx"},
    {Reason::not_ordered, "xxxxxx"},
};
struct Starter {
    std::string name;
    Start start;
};
std::vector<Starter> const starters{
    {"AUser", {Origin::user}},
    {"AnOperator", {Origin::by_operator}},
    {"ARollout", {Origin::rollout}},
    {"ThePolicy", {Origin::automatic}},
    {"AForcingOperator", {.origin = Origin::by_operator, .forced = true}},
    {"AnOperatorOnTheWayBack", {.origin = Origin::by_operator, .way_back = true}},
};
struct PrecedenceCase {
    std::string name;
    Reason reason;
    Start start;
    bool held;
};
std::vector<PrecedenceCase> precedence_cases() {
    std::vector<PrecedenceCase> cases;
    for (auto const& [reason, held] : precedences) {
        for (std::size_t i = 0; i < starters.size(); ++i) {
            cases.push_back({starters[i].name + "_" + std::string(word(reason)), reason,
                             starters[i].start, held[i] == 'x'});
        }
    }
    return cases;
}
class Admission : public testing::TestWithParam<PrecedenceCase> {};
TEST_P(Admission, HoldsBackByTheReasonsThatCountForWhoStarts) {
    auto const& tested = GetParam();
    Reasons facts;
    facts.add(tested.reason);
    auto const holding = holding_back(facts, tested.start);
    EXPECT_EQ(holding.first(), tested.held ? std::optional(tested.reason) : std::nullopt);
    EXPECT_EQ(holding.empty(), !tested.held);
}
INSTANTIATE_TEST_SUITE_P(, Admission, testing::ValuesIn(precedence_cases()),
                         [](auto const& tested) { return tested.param.name; });

TEST(AdmissionTable, NamesEachReasonOnceInItsOrder) {
    ASSERT_EQ(precedences.size(), reason_count);
    for (std::size_t i = 0; i < reason_count; ++i) {
        EXPECT_EQ(precedences[i].reason, static_cast<Reason>(i));
    }
}

TEST(AdmissionTable, AnswersTheFirstReasonOfTheList) {
    Reasons facts;
    for (auto const reason : {Reason::not_ordered, Reason::upgrade_hours, Reason::held}) {
        facts.add(reason);
    }
    EXPECT_EQ(holding_back(facts, {Origin::user}).first(), Reason::held);
    facts.remove(Reason::held);
    EXPECT_EQ(holding_back(facts, {Origin::by_operator}).first(), Reason::upgrade_hours);
    EXPECT_EQ(holding_back(facts, {Origin::user}).first(), Reason::not_ordered);
}

// A gateway "hub" with "sub-1" and "sub-2"; all of them poll.
struct AdmissionCase {
    std::string name;
    std::vector<std::string> ordered;  // In this order, a moment apart.
    std::vector<std::string> fetched;  // These have been handed out.
    bool withdrawn = false;
    std::string asked;
    std::optional<Reason> reason;
};
class AnUpgrade : public Scene, public testing::WithParamInterface<AdmissionCase> {};

TEST_P(AnUpgrade, MayStartOrIsHeldBackWithAReason) {
    auto const& tested = GetParam();
    auto const newest = release("2.0");
    device("hub");
    for (auto const* sub : {"sub-1", "sub-2"}) device(sub, "1.0", "hub");
    device("alone");
    for (auto const& did : tested.ordered) {
        ASSERT_TRUE(order(did));
        polled(did);
        clock.advance(Millis{1});
    }
    for (auto const& did : tested.fetched) ASSERT_TRUE(fetch(did, active(did)->id));
    // Only the release's state: withdrawing it through its use case would end what is queued.
    if (tested.withdrawn) {
        wrote([&](Tx& tx) -> Result<void> {
            TRY_ASSIGN(auto found, tx.releases().find(newest));
            found.state = firmware::ReleaseState::withdrawn;
            return tx.releases().replace(found);
        });
    }
    auto const here = look_at(tested.asked);
    auto const queued = active(tested.asked).value();
    auto const reason =
        saw([&](Tx const& tx) { return held_back(tx, means, here, queued, clock.now()); });
    EXPECT_EQ(reason, tested.reason);
}
INSTANTIATE_TEST_SUITE_P(
    , AnUpgrade,
    testing::Values(
        AdmissionCase{"OfADeviceOnItsOwnStarts", {"alone"}, {}, false, "alone", std::nullopt},
        AdmissionCase{
            "OfAWithdrawnReleaseDoesNot", {"alone"}, {}, true, "alone", Reason::no_release},
        AdmissionCase{
            "OfTheOldestSubDeviceStarts", {"sub-1", "sub-2"}, {}, false, "sub-1", std::nullopt},
        AdmissionCase{
            "OfAYoungerOneWaits", {"sub-1", "sub-2"}, {}, false, "sub-2", Reason::gateway_turn},
        AdmissionCase{"OfAGatewayWaitsForItsSubDevice",
                      {"sub-1", "hub"},
                      {"sub-1"},
                      false,
                      "hub",
                      Reason::gateway_turn},
        AdmissionCase{"OfASubDeviceWaitsForItsGateway",
                      {"hub", "sub-1"},
                      {"hub"},
                      false,
                      "sub-1",
                      Reason::gateway_turn},
        AdmissionCase{"OfAWithdrawnReleaseSaysThatFirst",
                      {"hub", "sub-1"},
                      {"hub"},
                      true,
                      "sub-1",
                      Reason::no_release}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::upgrade
