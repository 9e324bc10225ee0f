#include "policy/effective.h"

#include <gtest/gtest.h>

#include "policy/wish.h"
#include "ports/policies_table.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"
#include "upgrade/means.h"

namespace updraft::policy {
namespace {

OpenId const user{"user"};

class Policies : public testing::Test {
protected:
    void set(std::string did, Change const& change, OpenId const& of = user) {
        auto const done = write(*store_, [&](Tx& tx) -> Result<bool> {
            TRY(policy::set(tx, of, Did{did}, change, clock_.now()));
            return true;
        });
        ASSERT_TRUE(done) << done.error().detail;
    }
    Effective of(std::string did) {
        return read(*store_, [&](Tx const& tx) { return show_one(tx, user, Did{did}, "+08:00"); })
            .value()
            .policy;
    }
    std::vector<Shown> of_devices(Did const& after = {}, std::int64_t limit = 10) {
        return read(*store_,
                    [&](Tx const& tx) { return show_devices(tx, user, after, limit, "+08:00"); })
            .value();
    }

    stage::ManualClock clock_;
    stage::ScratchStore store_ = stage::open_store();
};

TEST_F(Policies, AreThoseOfTheSystemUntilOneIsSet) {
    auto const nothing = of("lamp");
    EXPECT_EQ(nothing.auto_upgrade, "");
    EXPECT_EQ(nothing.upgrade_hours, "");
    EXPECT_EQ(nothing.time_zone, "+08:00");
    EXPECT_EQ(word(nothing.source), "system");
    EXPECT_TRUE(of_devices().empty());
}

TEST_F(Policies, AreInheritedMemberByMember) {
    set("", {.auto_upgrade = "1", .upgrade_hours = "02:00-05:00", .time_zone = "+01:00"});
    set("lamp", {.auto_upgrade = "0"});
    set("fan", {.time_zone = "-03:30"});
    EXPECT_EQ(of("lamp").auto_upgrade, "0");
    EXPECT_EQ(of("lamp").upgrade_hours, "02:00-05:00");
    EXPECT_EQ(of("lamp").time_zone, "+01:00");
    EXPECT_EQ(word(of("lamp").source), "device");
    EXPECT_EQ(of("fan").auto_upgrade, "1");
    EXPECT_EQ(of("fan").time_zone, "-03:30");
    EXPECT_EQ(word(of("fan").source), "user");
    EXPECT_EQ(of("another").auto_upgrade, "1");
    EXPECT_EQ(word(of("").source), "user");
}

TEST_F(Policies, StayWhereNothingIsGivenAndGoBackWhereItIsEmpty) {
    set("", {.auto_upgrade = "1", .upgrade_hours = "02:00-05:00"});
    set("", {.time_zone = "+01:00"});
    EXPECT_EQ(of("").upgrade_hours, "02:00-05:00");
    set("", {.upgrade_hours = ""});
    EXPECT_EQ(of("").upgrade_hours, "");
    EXPECT_EQ(of("").auto_upgrade, "1");
    set("lamp", {.auto_upgrade = "0"});
    set("lamp", {.auto_upgrade = ""});
    EXPECT_EQ(of("lamp").auto_upgrade, "1");
    EXPECT_TRUE(of_devices().empty());
}

TEST_F(Policies, OfDevicesAreListedInOrderOfDid) {
    for (auto const* did : {"c", "a", "b"}) set(did, {.auto_upgrade = "1"});
    set("d", {.auto_upgrade = "1"}, OpenId{"other"});
    auto const all = of_devices();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].did, Did{"a"});
    EXPECT_EQ(all[2].did, Did{"c"});
    EXPECT_EQ(word(all[0].policy.source), "device");
    auto const later = of_devices(Did{"a"}, 1);
    ASSERT_EQ(later.size(), 1U);
    EXPECT_EQ(later[0].did, Did{"b"});
}

struct WrongCase {
    std::string name;
    Change change;
    bool good = false;
};
class AChange : public testing::TestWithParam<WrongCase> {};
TEST_P(AChange, IsRefusedUnlessItIsWellFormed) {
    EXPECT_EQ(check(GetParam().change, upgrade::no_time_zones()).has_value(), GetParam().good);
}
INSTANTIATE_TEST_SUITE_P(
    , AChange,
    testing::Values(
        WrongCase{"Nothing", {}, true},
        WrongCase{"AllEmpty", {.auto_upgrade = "", .upgrade_hours = "", .time_zone = ""}, true},
        WrongCase{"AllSet",
                  {.auto_upgrade = "1", .upgrade_hours = "22:00-06:00", .time_zone = "+08:00"},
                  true},
        WrongCase{"AutoYes", {.auto_upgrade = "yes"}}, WrongCase{"AutoTwo", {.auto_upgrade = "2"}},
        WrongCase{"HoursEqual", {.upgrade_hours = "02:00-02:00"}},
        WrongCase{"HoursShort", {.upgrade_hours = "02:00-02:29"}},
        WrongCase{"ZoneUnknown", {.time_zone = "Mars/Phobos"}},
        WrongCase{"ZoneFar", {.time_zone = "+15:00"}}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::policy
