#include "upgrade/admission.h"

#include "scene.h"

namespace updraft::upgrade {
namespace {

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
