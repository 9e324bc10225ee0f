#include "cli/put_device.h"

#include <gtest/gtest.h>

namespace updraft::cli {
namespace {

struct LossCase {
    std::string name;
    std::string device;
    Given given;
    std::vector<std::string> lost;
};
class PutDevice : public testing::TestWithParam<LossCase> {};
TEST_P(PutDevice, NamesWhatTheDeviceWouldLose) {
    auto given = GetParam().given;
    given.try_emplace("--model", std::vector<std::string>{"lamp"});
    EXPECT_EQ(losses(*json::read_object(GetParam().device), given), GetParam().lost);
}
constexpr auto const* full =
    R"({"deviceModel":"lamp","openId":"alice","gatewayDid":"gw","name":"Desk","activeUpgradeId":11})";
constexpr auto const* bare =
    R"({"deviceModel":"lamp","openId":null,"gatewayDid":null,"name":null,"activeUpgradeId":11})";
INSTANTIATE_TEST_SUITE_P(
    , PutDevice,
    testing::Values(
        LossCase{"Everything",
                 full,
                 {},
                 {"unbind it from user alice", "end its upgrade 11",
                  "take it from behind gateway gw", "remove its name"}},
        LossCase{"NothingThatIsNamed",
                 full,
                 {{"--open-id", {"alice"}}, {"--gateway-did", {"gw"}}, {"--name", {"Hall"}}},
                 {}},
        LossCase{"ItsUserToAnotherOne",
                 full,
                 {{"--open-id", {"bob"}}, {"--gateway-did", {"gw2"}}, {"--name", {"Desk"}}},
                 {"unbind it from user alice", "end its upgrade 11"}},
        LossCase{"ItsUpgradeToAnotherModel",
                 full,
                 {{"--model", {"bulb"}},
                  {"--open-id", {"alice"}},
                  {"--gateway-did", {"gw"}},
                  {"--name", {"Desk"}}},
                 {"end its upgrade 11"}},
        LossCase{"ItsTags", R"({"deviceModel":"lamp","tags":["berlin"]})", {}, {"remove its tags"}},
        LossCase{"NothingOfABareDevice", bare, {}, {}},
        LossCase{"NothingWithoutAnUpgrade",
                 R"({"deviceModel":"bulb","openId":null,"activeUpgradeId":null})",
                 {},
                 {}}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::cli
