#include "keeping/backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "blobdir/layout.h"
#include "keeping/checkup.h"
#include "keeping/files.h"
#include "keeping/restore.h"
#include "sqlstore/sqlite/database.h"
#include "sqlstore/upkeep/snapshot.h"
#include "stage/open_store.h"
#include "stage/sound_rows.h"

namespace updraft::keeping {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Instant noon{1'790'000'000'000};
std::string const sha256{stage::artifact_sha256};
// The digest of another draft's file, which a row names and which does not exist.
std::string const other_sha256(64, 'a');

class Backups : public testing::Test {
protected:
    Backups() {
        fs::create_directories(data / "firmware" / sha256.substr(0, 2));
        write(blobdir::blob_path(data / "firmware", sha256), stage::artifact_bytes);
        write_secret(data / "secret.key", "key");
        write_secret(data / "admin-token", "token");
        change(std::string(stage::sound_rows()));
    }
    ~Backups() override { fs::remove_all(folder); }

    static void write(fs::path const& file, std::string_view content) {
        std::ofstream(file, std::ios::binary) << content;
    }
    static void write_secret(fs::path const& file, std::string_view content) {
        write(file, content);
        fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    }
    [[nodiscard]] fs::path store() const { return data / "updraft.db"; }
    void change(std::string const& sql) const {
        auto opened = sqlstore::open_to_fill(store()).value();
        ASSERT_TRUE(opened.session->script(sql));
    }
    // Adds a draft whose file is not in the folder.
    void name_another_artifact() const {
        change(
            "INSERT INTO releases (id, model, version, update_log, release_date, "
            "requires_version, file_name, bytes, sha256, sha1, md5, state, release_order, "
            "created_at) VALUES (12, 'lamp', '3.0', '', '', '[]', 'x', 3, '" +
            other_sha256 +
            "', 'x', 'x', 'draft', 0, 1);"
            "UPDATE sequences SET next = 2 WHERE name = 'releases';");
    }
    [[nodiscard]] BackupSource source() const {
        return {
            .snapshot =
                [this](auto const& new_file) { return sqlstore::take_snapshot(store(), new_file); },
            .artifacts = std::make_shared<ArtifactFolder>(data / "firmware"),
            .key = data / "secret.key",
            .token = data / "admin-token",
            .program = "test"};
    }
    [[nodiscard]] std::vector<std::string> findings_in(fs::path const& place) const {
        auto database = sqlstore::open_to_look(place / "updraft.db").value();
        ArtifactFolder artifacts(place / "firmware");
        return check_up(database, artifacts, sqlstore::Depth::every_row).value().findings;
    }
    static std::vector<std::string> inside(fs::path const& place) {
        std::vector<std::string> names;
        for (auto const& entry : fs::directory_iterator(place)) {
            names.push_back(entry.path().filename());
        }
        return names;
    }

    fs::path const folder = stage::scratch_folder();
    fs::path const data = folder / "data";
    fs::path const to = folder / "deep" / "backup";
    fs::path const fresh = folder / "fresh";
};

TEST_F(Backups, ArePutBackAsTheyWere) {
    auto const made = back_up(source(), to, noon);
    ASSERT_TRUE(made) << made.error().detail;
    EXPECT_EQ(made->artifacts, 1);
    EXPECT_EQ(made->artifact_bytes, 8);
    EXPECT_TRUE(made->with_key);
    EXPECT_THAT(made->missing, IsEmpty());

    auto const restored = restore(to, fresh);
    ASSERT_TRUE(restored) << restored.error().detail;
    EXPECT_EQ(*restored, *made);
    EXPECT_EQ(restored->made_at, noon);
    EXPECT_THAT(findings_in(fresh), IsEmpty());
    EXPECT_EQ(read_file(fresh / "secret.key", 10).value(), "key");
    EXPECT_EQ(read_file(fresh / "admin-token", 10).value(), "token");
    EXPECT_THAT(inside(fresh), testing::UnorderedElementsAre("updraft.db", "secret.key",
                                                             "admin-token", "firmware"));
}

TEST_F(Backups, AreForTheirOwnerOnly) {
    ASSERT_TRUE(back_up(source(), to, noon));
    for (auto const* name : {"secret.key", "admin-token", "updraft.db", "manifest.json"}) {
        struct stat status {};
        ASSERT_EQ(::stat((to / name).c_str(), &status), 0) << name;
        EXPECT_EQ(status.st_mode & 0777U, 0600U) << name;
    }
}

TEST_F(Backups, WithoutTheKeySaySo) {
    auto without = source();
    without.key.reset();
    ASSERT_TRUE(back_up(without, to, noon));
    EXPECT_FALSE(fs::exists(to / "secret.key"));
    EXPECT_FALSE(fs::exists(to / "admin-token"));
    EXPECT_FALSE(restore(to, fresh).value().with_key);
}

TEST_F(Backups, TakeANewerStoreWhenAnArtifactWasSweptMeanwhile) {
    name_another_artifact();
    auto sweeping = source();
    auto snapshots = 0;
    sweeping.snapshot = [&](auto const& file) -> Result<void> {
        if (++snapshots == 2) change("DELETE FROM releases WHERE id = 12;");
        return sqlstore::take_snapshot(store(), file);
    };
    auto const made = back_up(sweeping, to, noon);
    ASSERT_TRUE(made) << made.error().detail;
    EXPECT_EQ(snapshots, 2);
    EXPECT_THAT(made->missing, IsEmpty());
    EXPECT_THAT(findings_in(to), IsEmpty());
}

TEST_F(Backups, KeepTheRestWhenAnArtifactWasLostBefore) {
    name_another_artifact();
    auto const made = back_up(source(), to, noon);
    ASSERT_TRUE(made) << made.error().detail;
    EXPECT_THAT(made->missing, ElementsAre(other_sha256));
    EXPECT_EQ(made->artifacts, 1);
    ASSERT_TRUE(restore(to, fresh));
    EXPECT_THAT(findings_in(fresh), Contains(HasSubstr(other_sha256)));
}

TEST_F(Backups, TakeNoDamagedArtifactForAGoodOne) {
    write(blobdir::blob_path(data / "firmware", sha256), "firmwarf");
    EXPECT_THAT(back_up(source(), to, noon).value().missing, ElementsAre(sha256));
    EXPECT_FALSE(fs::exists(blobdir::blob_path(to / "firmware", sha256)));
}

TEST_F(Backups, GoIntoAnEmptyFolderOnly) {
    fs::create_directories(to);
    write(to / "letter", "dear");
    auto const refused = back_up(source(), to, noon);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_THAT(inside(to), ElementsAre("letter"));
}

TEST_F(Backups, TakeWhatCannotBeReadForNothingThatIsMissing) {
    // A link to itself stands for everything that exists and cannot be read, also by root.
    auto const loop = folder / "loop";
    fs::create_symlink(loop, loop);
    auto with_token = source();
    with_token.token = loop;
    EXPECT_THAT(back_up(with_token, to, noon).error().detail, HasSubstr(loop.string()));
    EXPECT_THAT(sqlstore::open_to_look(loop).error().detail,
                HasSubstr(loop.string() + " cannot be read"));
    EXPECT_THAT(sqlstore::open_to_look(folder).error().detail, HasSubstr("it is no file"));
    auto const artifact = blobdir::blob_path(data / "firmware", sha256);
    fs::remove(artifact);
    fs::create_symlink(loop, artifact);
    EXPECT_THAT(ArtifactFolder(data / "firmware").bytes_of(sha256).error().detail,
                HasSubstr(artifact.string()));
    fs::create_symlink(loop, data / "firmware" / "ff");
    EXPECT_THAT(ArtifactFolder(data / "firmware").list().error().detail, HasSubstr("cannot list"));
}

TEST_F(Backups, LeaveNothingWhenTheyFail) {
    fs::remove(data / "secret.key");
    EXPECT_FALSE(back_up(source(), to, noon));
    EXPECT_FALSE(fs::exists(to)) << "a folder that it made";
    auto const deep = to / "of" / "today";
    EXPECT_FALSE(back_up(source(), deep, noon));
    EXPECT_FALSE(fs::exists(to)) << "the folders above";
    fs::create_directories(to);
    EXPECT_FALSE(back_up(source(), to, noon));
    EXPECT_TRUE(fs::is_empty(to)) << "a folder of somebody else";
    write_secret(data / "secret.key", "key");
    EXPECT_TRUE(back_up(source(), to, noon));
}

struct Spoiling {
    std::string name;
    std::function<void(fs::path const&)> spoil;
    Errc code;
    std::string detail;
};
class SpoiltBackup : public Backups, public testing::WithParamInterface<Spoiling> {};

TEST_P(SpoiltBackup, IsRefusedAndLeavesNothing) {
    ASSERT_TRUE(back_up(source(), to, noon));
    GetParam().spoil(to);
    auto const refused = restore(to, fresh);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, GetParam().code) << refused.error().detail;
    EXPECT_THAT(refused.error().detail, HasSubstr(GetParam().detail));
    EXPECT_TRUE(!fs::exists(fresh) || fs::is_empty(fresh));
}

void replace_in(fs::path const& file, std::string const& from, std::string const& by) {
    auto text = read_file(file, 1 << 20).value();
    auto const at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    text.replace(at, from.size(), by);
    std::ofstream(file, std::ios::binary) << text;
}

INSTANTIATE_TEST_SUITE_P(
    , SpoiltBackup,
    testing::Values(
        Spoiling{"Unfinished", [](auto const& at) { fs::remove(at / "manifest.json"); },
                 Errc::not_found, "no complete backup"},
        Spoiling{"ManifestCut", [](auto const& at) { fs::resize_file(at / "manifest.json", 40); },
                 Errc::corrupt, "manifest.json cannot be read"},
        Spoiling{"OfANewerForm",
                 [](auto const& at) {
                     replace_in(at / "manifest.json", "\"format\":1", "\"format\":2");
                 },
                 Errc::conflict, "newer Updraft"},
        Spoiling{"WithAChangedStore",
                 [](auto const& at) { replace_in(at / "updraft.db", "Brighter.", "Brightes."); },
                 Errc::corrupt, "updraft.db"},
        Spoiling{"WithAChangedArtifact",
                 [](auto const& at) {
                     replace_in(blobdir::blob_path(at / "firmware", sha256), "ware", "wars");
                 },
                 Errc::corrupt, "lamp 2.0"},
        Spoiling{"WithoutAnArtifact",
                 [](auto const& at) { fs::remove_all(at / "firmware" / sha256.substr(0, 2)); },
                 Errc::not_found, sha256},
        Spoiling{"WithoutItsKey", [](auto const& at) { fs::remove(at / "secret.key"); },
                 Errc::not_found, "secret.key"}),
    [](auto const& tested) { return tested.param.name; });

TEST_F(Backups, ArePutBackIntoAnEmptyFolderOnly) {
    ASSERT_TRUE(back_up(source(), to, noon));
    auto const refused = restore(to, data);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_THAT(findings_in(data), IsEmpty());
}

TEST_F(Backups, PutBackByRootBelongToTheOwnerOfTheFolder) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
    ASSERT_TRUE(back_up(source(), to, noon));
    fs::create_directories(fresh);
    ASSERT_EQ(::chown(fresh.c_str(), 12'345, 12'346), 0);
    ASSERT_TRUE(restore(to, fresh));
    for (auto const& entry : fs::recursive_directory_iterator(fresh)) {
        struct stat status {};
        ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
        EXPECT_EQ(status.st_uid, 12'345U) << entry.path();
        EXPECT_EQ(status.st_gid, 12'346U) << entry.path();
    }
}

TEST_F(Backups, OfANewerStoreAreRefused) {
    change("INSERT INTO migrations (number, name, checksum) VALUES (999, '0999_later', 'x');");
    ASSERT_TRUE(back_up(source(), to, noon));
    auto const refused = restore(to, fresh);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_TRUE(fs::is_empty(fresh));
}

struct Harm {
    std::string name;
    std::function<void(fs::path const& firmware)> harm;
    sqlstore::Depth depth;
    std::string finding;
};
class HarmedArtifact : public Backups, public testing::WithParamInterface<Harm> {};

TEST_P(HarmedArtifact, IsFound) {
    auto database = sqlstore::open_to_look(store()).value();
    auto const firmware = data / "firmware";
    ArtifactFolder artifacts(firmware);
    ASSERT_THAT(check_up(database, artifacts, GetParam().depth).value().findings, IsEmpty());
    GetParam().harm(firmware);
    EXPECT_THAT(check_up(database, artifacts, GetParam().depth).value().findings,
                ElementsAre(HasSubstr(GetParam().finding)));
}

INSTANTIATE_TEST_SUITE_P(
    , HarmedArtifact,
    testing::Values(
        Harm{"Gone", [](auto const& at) { fs::remove(blobdir::blob_path(at, sha256)); },
             sqlstore::Depth::rules, "is not in"},
        Harm{"Shorter", [](auto const& at) { fs::resize_file(blobdir::blob_path(at, sha256), 5); },
             sqlstore::Depth::rules, "has 5 bytes instead of 8"},
        Harm{"Changed",
             [](auto const& at) { replace_in(blobdir::blob_path(at, sha256), "ware", "wars"); },
             sqlstore::Depth::every_row, "another digest"},
        Harm{"PutAside",
             [](auto const& at) {
                 fs::create_directories(at / "damaged");
                 fs::rename(blobdir::blob_path(at, sha256), at / "damaged" / sha256);
             },
             sqlstore::Depth::rules, "found damaged by the server"}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::keeping
