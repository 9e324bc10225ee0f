#include "upgrade/gateway_turns.h"

#include <gtest/gtest.h>

#include <string>

namespace updraft::upgrade {
namespace {

constexpr Waiting sub(std::int64_t id, std::int64_t at) { return {{id}, {at}, false}; }
constexpr Waiting own(std::int64_t id, std::int64_t at) { return {{id}, {at}, true}; }

struct TurnCase {
    std::string name;
    Family family;
    std::int64_t id;
    std::int64_t concurrent_max;
    bool its_turn;
};
class GatewayTurns : public testing::TestWithParam<TurnCase> {};
TEST_P(GatewayTurns, AreTaken) {
    auto const& tested = GetParam();
    EXPECT_EQ(is_its_turn(tested.family, {tested.id}, tested.concurrent_max), tested.its_turn);
}
INSTANTIATE_TEST_SUITE_P(
    , GatewayTurns,
    testing::Values(
        TurnCase{"ByADeviceOnItsOwn", {false, 0, {own(1, 5)}}, 1, 1, true},
        TurnCase{"ByTheOldest", {false, 0, {sub(2, 9), sub(1, 5)}}, 1, 1, true},
        TurnCase{"NotByAYoungerOne", {false, 0, {sub(2, 9), sub(1, 5)}}, 2, 1, false},
        TurnCase{"ByAsManyAsMayRun", {false, 0, {sub(1, 5), sub(2, 9)}}, 2, 2, true},
        TurnCase{"NotWhileAllPlacesAreTaken", {false, 1, {sub(1, 5)}}, 1, 1, false},
        TurnCase{"ByOneMoreWhileAPlaceIsFree", {false, 1, {sub(1, 5)}}, 1, 2, true},
        TurnCase{"NotBySubDevicesWhileTheGatewayRuns", {true, 0, {sub(1, 5)}}, 1, 9, false},
        TurnCase{"NotByTheGatewayWhileASubDeviceRuns", {false, 1, {own(1, 5)}}, 1, 9, false},
        TurnCase{"ByTheGatewayFirstInOneOrder", {false, 0, {sub(1, 5), own(2, 5)}}, 2, 1, true},
        TurnCase{"NotBySubDevicesOfThatOrder", {false, 0, {sub(1, 5), own(2, 5)}}, 1, 1, false},
        TurnCase{
            "ByOlderSubDevicesBeforeTheGateway", {false, 0, {sub(1, 4), own(2, 5)}}, 1, 1, true},
        TurnCase{"NotByTheGatewayBeforeThem", {false, 0, {sub(1, 4), own(2, 5)}}, 2, 1, false},
        TurnCase{
            "NotByThoseBehindAWaitingGateway", {false, 1, {own(2, 5), sub(3, 6)}}, 3, 9, false},
        TurnCase{"NotByAStranger", {false, 0, {sub(1, 4)}}, 7, 9, false}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::upgrade
