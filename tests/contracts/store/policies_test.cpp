// What every store promises about the policies of users and devices, and about counted starts.
#include "ports/policies_table.h"

#include "backend.h"

namespace updraft::contract {
namespace {

class Policies : public StoreContract {
protected:
    void put(std::string open_id, std::string did, policy::Policy const& policy) {
        written([&](Tx& tx) { return tx.policies().put(OpenId{open_id}, Did{did}, policy); });
    }
    policy::OfUser of(std::string open_id, std::vector<Did> const& dids) {
        return seen([&](Tx const& tx) { return tx.policies().of(OpenId{open_id}, dids); });
    }
    static policy::Policy decided(std::string auto_upgrade) {
        return {.auto_upgrade = std::move(auto_upgrade),
                .upgrade_hours = "22:00-06:00",
                .time_zone = "+08:00",
                .changed_at = noon};
    }
};

TEST_P(Policies, AreFoundForTheUserAndTheDevicesThatAreAskedFor) {
    put("user", "", decided("1"));
    put("user", "lamp", decided("0"));
    put("user", "fan", decided(""));
    put("other", "lamp", decided("1"));
    auto const one = of("user", {Did{"lamp"}});
    EXPECT_EQ(one.user, decided("1"));
    EXPECT_EQ(one.devices, (std::map<Did, policy::Policy>{{Did{"lamp"}, decided("0")}}));
    EXPECT_EQ(of("user", {}).user, decided("1"));
    EXPECT_TRUE(of("user", {}).devices.empty());
    EXPECT_EQ(of("nobody", {Did{"lamp"}}).user, std::nullopt);
    // More at once than one query looks up.
    std::vector<Did> many{Did{"lamp"}, Did{"fan"}};
    for (int i = 0; i < 120; ++i) many.push_back(Did{"none-" + std::to_string(i)});
    auto const all = of("user", many);
    EXPECT_EQ(all.user, decided("1"));
    EXPECT_EQ(all.devices.size(), 2U);
}

TEST_P(Policies, AreReplacedAndRemovedWhenTheySayNothing) {
    put("user", "lamp", decided("0"));
    put("user", "lamp", decided("1"));
    EXPECT_EQ(of("user", {Did{"lamp"}}).devices.at(Did{"lamp"}), decided("1"));
    put("user", "lamp",
        {.auto_upgrade = "", .upgrade_hours = "", .time_zone = "", .changed_at = noon});
    EXPECT_TRUE(of("user", {Did{"lamp"}}).devices.empty());
}

TEST_P(Policies, OfDevicesAreListedInPages) {
    for (auto const* did : {"c", "a", "b"}) put("user", did, decided("1"));
    put("user", "", decided("0"));
    auto const page = [&](std::string after) {
        std::vector<std::string> dids;
        for (auto const& one : seen([&](Tx const& tx) {
                 return tx.policies().of_devices(OpenId{"user"}, Did{after}, 2);
             })) {
            dids.push_back(one.did.value);
        }
        return dids;
    };
    EXPECT_EQ(page(""), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(page("b"), (std::vector<std::string>{"c"}));
}

TEST_P(Policies, GoWithADeviceOrEnd) {
    put("", "lamp", decided("1"));
    OpenId const user{"user"};
    written([&](Tx& tx) { return tx.policies().give(Did{"lamp"}, OpenId{}, &user); });
    EXPECT_EQ(of("user", {Did{"lamp"}}).devices.size(), 1U);
    EXPECT_TRUE(of("", {Did{"lamp"}}).devices.empty());
    written([&](Tx& tx) { return tx.policies().give(Did{"lamp"}, user, nullptr); });
    EXPECT_TRUE(of("user", {Did{"lamp"}}).devices.empty());
}

TEST_P(Policies, StartsAreCountedUpToALimitInEachMinute) {
    auto const start = [&](std::int64_t minute) {
        return written([&](Tx& tx) { return tx.policies().count_start(minute, 2); });
    };
    auto const starts_in = [&](std::int64_t minute) {
        return seen([&](Tx const& tx) { return tx.policies().starts_in(minute); });
    };
    EXPECT_EQ(starts_in(7), 0);
    EXPECT_TRUE(start(7));
    EXPECT_TRUE(start(7));
    EXPECT_FALSE(start(7));
    EXPECT_EQ(starts_in(7), 2);
    EXPECT_TRUE(start(8));
    EXPECT_EQ(starts_in(8), 1);
    EXPECT_EQ(starts_in(7), 0);
}

ON_EVERY_BACKEND(Policies);

}  // namespace
}  // namespace updraft::contract
