#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "sqlstore/sqlite/database.h"
#include "sqlstore/upkeep/inspection.h"
#include "sqlstore/upkeep/soundness.h"
#include "stage/open_store.h"
#include "stage/sound_rows.h"

namespace updraft::sqlstore {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class AStore : public testing::Test {
protected:
    AStore() {
        auto made = open_to_fill(file).value();
        EXPECT_TRUE(made.session->script(std::string(stage::sound_rows())));
    }
    ~AStore() override { std::filesystem::remove_all(folder); }

    void change(std::string const& sql) const {
        auto opened = open_to_fill(file).value();
        ASSERT_TRUE(opened.session->script(sql)) << sql;
    }
    [[nodiscard]] Inspection looked_at(Depth depth = Depth::rules) const {
        auto opened = open_to_look(file);
        if (!opened) throw std::runtime_error(opened.error().detail);
        auto looked = inspect(*opened, depth);
        if (!looked) throw std::runtime_error(looked.error().detail);
        return *std::move(looked);
    }

    std::filesystem::path const folder = stage::scratch_folder();
    std::filesystem::path const file = folder / "store.db";
};

TEST_F(AStore, ThatIsSoundHasNoFindings) {
    auto const looked = looked_at(Depth::every_row);
    EXPECT_THAT(looked.findings, IsEmpty());
    EXPECT_GT(looked.rows, 15);
    EXPECT_THAT(looked.artifacts,
                ElementsAre(NamedArtifact{std::string(stage::artifact_sha256), 8, "lamp 2.0"}));
    EXPECT_EQ(looked.key_check, "sealed");
}

struct Damage {
    std::string name;
    std::string sql;
    std::string finding;
};
class Damaged : public AStore, public testing::WithParamInterface<Damage> {};

TEST_P(Damaged, IsFound) {
    change(GetParam().sql);
    EXPECT_THAT(looked_at().findings, Contains(HasSubstr(GetParam().finding)));
}

constexpr char const* unchecked = "PRAGMA ignore_check_constraints = ON;";
INSTANTIATE_TEST_SUITE_P(
    , Damaged,
    testing::Values(
        Damage{"AppGone", "DELETE FROM apps;", "a grant of an app that is not there: app1 u1"},
        Damage{"UserGone", "DELETE FROM users;", "a grant of a user that is not there: app1 u1"},
        Damage{"OwnerGone", "DELETE FROM users;", "a device of a user that is not there: d1"},
        Damage{"GrantGone", "DELETE FROM grants;", "a token without its grant: t1"},
        Damage{"GrantOfACodeGone", "DELETE FROM grants;",
               "an authorisation code without its grant: c1"},
        Damage{"KeyCheckGone", "DELETE FROM key_checks;", "no check of its key"},
        Damage{"DeviceOfAttributeGone", "DELETE FROM devices;",
               "an attribute of a device that is not there: d1 colour"},
        Damage{"FileOfReleaseGone", "UPDATE releases SET sha256 = NULL;",
               "a release without its file: lamp 2.0"},
        Damage{"ReleaseWithoutPlace", "UPDATE releases SET release_order = 0;",
               "a release that stands nowhere in the order: lamp 2.0"},
        Damage{"PlaceTakenTwice",
               "INSERT INTO releases (id, model, version, update_log, release_date, "
               "requires_version, file_name, state, release_order, created_at) SELECT 12, model, "
               "'3.0', '', '2026-01-01', '[]', 'f', state, release_order, 1 FROM releases;",
               "a release in another one's place in the order: lamp 3.0"},
        Damage{"ReleaseNumberAgain", "UPDATE sequences SET next = 0 WHERE name = 'releases';",
               "would be given out again: releases: 11"},
        Damage{"PlaceAgain", "DELETE FROM sequences WHERE name = 'release_order';",
               "a place in the order that would be given out again: 1"},
        Damage{"UpgradeNumberAgain", "UPDATE sequences SET next = 1 WHERE name = 'upgrades';",
               "would be given out again: upgrades: 12"},
        Damage{"OrderGone", "DELETE FROM orders;", "an upgrade outside its order: 11"},
        Damage{"OrderOfOthers", "UPDATE orders SET last_id = 11;",
               "an upgrade outside its order: 12"},
        Damage{"ReleaseGone", "DELETE FROM releases;",
               "an upgrade of a release that is not there: 11"},
        Damage{"UnknownState", "UPDATE upgrades SET state = 'flying' WHERE id = 12;",
               "an upgrade in a state that nobody knows: 12 flying"},
        Damage{"EndedAndRunning", "UPDATE upgrades SET state = 'offered' WHERE id = 11;",
               "an upgrade that has ended and has not: 11 offered"},
        Damage{"SuccessAt80", "UPDATE upgrades SET progress = 80 WHERE id = 11;",
               "a success that is not at 100 percent"},
        Damage{"TwoActive", "DROP INDEX upgrades_active; UPDATE upgrades SET finished_at = NULL;",
               "two active upgrades of one device: d1"},
        Damage{"DeviceOfUpgradeGone", "DELETE FROM devices;",
               "an active upgrade of a device that is not there: 12 d1"},
        Damage{"NeverDue", "UPDATE upgrades SET due_at = NULL WHERE id = 12;",
               "an active upgrade that never ends by time: 12"},
        Damage{"LineOfNothing", "DELETE FROM upgrades WHERE id = 11;",
               "a line of the course of an upgrade that is not there: 11"},
        Damage{"NoHead", "UPDATE outbox SET head = 0;",
               "a push message that waits behind nothing: m1"},
        Damage{"WrongHead", "UPDATE outbox SET head = 1 - head WHERE state = 'pending';",
               "a push message out of its order: m2"},
        Damage{"NeverSent", "UPDATE outbox SET next_attempt_at = NULL WHERE webhook_id = 'm1';",
               "a push message that nobody will ever send: m1"},
        Damage{"FinishedInFront", "UPDATE outbox SET head = 1 WHERE webhook_id = 'm3';",
               "a finished push message that stands in front: m3"},
        Damage{"AttemptOfNothing", "DELETE FROM outbox WHERE webhook_id = 'm3';",
               "an attempt to send a message that is not there: m3"},
        Damage{"AnnouncedNothing", "DELETE FROM releases;",
               "an announcement of a release that is not there: 11"},
        Damage{"ReleaseOfRolloutGone", "DELETE FROM releases;",
               "a rollout of a release that is not there: 1"},
        Damage{"RolloutGone", "DELETE FROM rollouts;",
               "a place in a rollout that is not there: 1 d1"},
        Damage{"SumsGone", "DELETE FROM rollout_tallies;",
               "a place in a rollout that no sum counts: 1 d1"},
        Damage{"WrongSum", "UPDATE rollout_tallies SET aligned_bad = 0;",
               "sums of a rollout that differ from its places: 1 wave 1"},
        Damage{"PlaceGone", "DELETE FROM rollout_places WHERE did = 'd2';",
               "sums of a rollout that differ from its places: 1 wave 1"},
        Damage{"FlightEnded", "UPDATE rollout_places SET upgrade_id = 11 WHERE did = 'd1';",
               "a place in flight whose upgrade has ended: 1 d1"},
        Damage{"RolloutNumberAgain", "DELETE FROM sequences WHERE name = 'rollouts';",
               "would be given out again: rollouts: 1"},
        Damage{"UnknownStateOfARelease",
               std::string(unchecked) + "UPDATE releases SET state = 'lost' WHERE id = 11;",
               "a release in a state that nobody knows: lamp 2.0 lost"},
        Damage{"UnknownStateOfAMessage",
               std::string(unchecked) + "UPDATE outbox SET state = 'lost', head = 0;",
               "a push message in a state that nobody knows: m1 lost"},
        Damage{"ThreeHundredPercent",
               std::string(unchecked) + "UPDATE upgrades SET progress = 300 WHERE id = 12;",
               "an upgrade whose progress is no percentage: 12"},
        Damage{"OlderShape", "DELETE FROM migrations WHERE number = 5;", "older shape"},
        Damage{"NewerShape",
               "INSERT INTO migrations (number, name, checksum) "
               "VALUES (999, '0999_later', 'x');",
               "newer Updraft"},
        Damage{"NoStoreAtAll", "DROP TABLE migrations;", "no store of Updraft"}),
    [](auto const& tested) { return tested.param.name; });

TEST_F(AStore, WithManyOfOneFindingSaysSoInFewLines) {
    change(
        "INSERT INTO device_attributes WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
        "FROM n WHERE i < 500) SELECT 'gone' || i, 'k', 'v' FROM n;");
    auto const findings = looked_at().findings;
    EXPECT_EQ(findings.size(), 21U);
    EXPECT_THAT(findings.back(), HasSubstr("more of them"));
}

TEST_F(AStore, WithAValueOfAnotherTypeIsFoundByReadingEveryRow) {
    change("UPDATE devices SET created_at = 'noon';");
    EXPECT_THAT(looked_at(Depth::rules).findings, IsEmpty());
    EXPECT_THAT(looked_at(Depth::every_row).findings,
                Contains(HasSubstr("rows of devices cannot be read")));
}

// A page that holds no part of the schema: the store can be opened, and is damaged.
TEST_F(AStore, WithAnOverwrittenPageIsFoundDamaged) {
    std::int64_t page = 0;
    {
        auto opened = open_to_look(file).value();
        auto rows = opened.session
                        ->query(
                            "SELECT rootpage FROM sqlite_schema WHERE name = 'outbox_due' "
                            "ORDER BY name LIMIT 1")
                        .value();
        ASSERT_TRUE(rows.next().value());
        page = rows.number(0);
    }
    {
        std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
        out.seekp((page - 1) * 4096);
        out << std::string(4096, '\x5a');
    }
    EXPECT_THAT(looked_at().findings, Contains(HasSubstr("the database is damaged")));
}

TEST(Questions, AreEachAskedInCommonTongueWithALimit) {
    for (auto const& question : questions()) {
        EXPECT_THAT(question.sql, HasSubstr("LIMIT $1")) << question.finding;
        EXPECT_THAT(question.sql, testing::Not(HasSubstr("LIKE"))) << question.finding;
    }
}

}  // namespace
}  // namespace updraft::sqlstore
