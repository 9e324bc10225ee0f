#include "firmware/publish.h"

#include <gtest/gtest.h>

#include "blobdir/blob_dir.h"
#include "firmware/upkeep.h"
#include "ports/announcements_table.h"
#include "ports/releases_table.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"

namespace updraft::firmware {
namespace {

using namespace std::chrono_literals;
constexpr auto utc_offset = 8h;

class Publishing : public testing::Test {
protected:
    template <class Verb>
    auto write(Verb verb) {
        return updraft::write(*store_, std::move(verb));
    }
    Result<Release> draft(std::string const& version, std::optional<Day> date = {}) {
        Draft wanted;
        wanted.model = {"lamp"};
        wanted.version = {version};
        wanted.update_log = "Better.";
        wanted.release_date = date;
        return write([&](Tx& tx) { return firmware::draft(tx, wanted, clock_.now()); });
    }
    ReleaseId with_file(std::string const& version, std::optional<Day> date = {}) {
        auto const id = draft(version, date).value().id;
        EXPECT_TRUE(attach(id, "bytes of " + version));
        return id;
    }
    Result<Release> attach(ReleaseId id, std::string const& bytes, std::string image = {}) {
        Artifact artifact{.bytes = static_cast<std::int64_t>(bytes.size()),
                          .digests = {},
                          .image = std::move(image)};
        DigestStream digests;
        digests.append(bytes);
        artifact.digests = digests.finish();
        return write([&](Tx& tx) { return firmware::attach(tx, id, artifact); });
    }
    Result<Release> release(ReleaseId id, Mismatch mismatch = Mismatch::refuse) {
        return write(
            [&](Tx& tx) { return firmware::release(tx, {id, mismatch, utc_offset}, clock_.now()); });
    }
    Result<Release> withdraw(ReleaseId id) {
        return write([&](Tx& tx) { return firmware::withdraw(tx, id, clock_.now()); });
    }
    Result<void> discard(ReleaseId id) {
        return store_->write([&](Tx& tx) { return firmware::discard(tx, id); });
    }
    std::size_t announced() {
        return read(*store_, [](Tx const& tx) { return tx.announcements().opened(10); })
            .value()
            .size();
    }

    stage::ManualClock clock_;
    stage::ScratchStore store_ = stage::open_store();
};

TEST_F(Publishing, BeginsWithADraftThatIsNotOnOffer) {
    auto const made = draft("1").value();
    EXPECT_EQ(made.state, ReleaseState::draft);
    EXPECT_EQ(made.file_name, "");
    EXPECT_EQ(made.created_at, clock_.now());
    EXPECT_EQ(made.artifact, std::nullopt);
    EXPECT_EQ(announced(), 0U);
}

TEST_F(Publishing, TakesAVersionOfAModelOnce) {
    auto const id = draft("1").value().id;
    EXPECT_EQ(draft("1").error().code, Errc::conflict);
    ASSERT_TRUE(discard(id));
    EXPECT_TRUE(draft("1"));
}

TEST_F(Publishing, ReleasesWithTheDayOfThePlace) {
    clock_.set({1'795'467'600'000});  // 2026-11-23T21:00Z: the 24th at +08:00.
    auto const released = release(with_file("1")).value();
    EXPECT_EQ(released.state, ReleaseState::released);
    EXPECT_EQ(released.release_date, "2026-11-24");
    EXPECT_EQ(released.released_at, clock_.now());
    EXPECT_EQ(announced(), 1U);
}

TEST_F(Publishing, KeepsTheDayThatWasGiven) {
    auto const released = release(with_file("1", read_day("2020-02-29"))).value();
    EXPECT_EQ(released.release_date, "2020-02-29");
}

TEST_F(Publishing, OrdersByReleaseNotByDraft) {
    auto const first = with_file("1");
    auto const second = with_file("2");
    auto const later = release(second).value().order;
    EXPECT_LT(later, release(first).value().order);
}

TEST_F(Publishing, NeedsAFileFirst) {
    auto const released = release(draft("1").value().id);
    ASSERT_FALSE(released);
    EXPECT_EQ(released.error().code, Errc::invalid);
    EXPECT_EQ(announced(), 0U);
}

TEST_F(Publishing, RefusesAFileThatSaysAnotherVersionUnlessToldTo) {
    auto const id = draft("2.0").value().id;
    ASSERT_TRUE(attach(id, "bytes", R"({"format":"swu","version":"1.0"})"));
    auto const refused = release(id);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::invalid);
    EXPECT_NE(refused.error().detail.find("firmwareVersion is 2.0"), std::string::npos);
    EXPECT_NE(refused.error().detail.find("version 1.0"), std::string::npos);
    EXPECT_EQ(announced(), 0U);
    EXPECT_EQ(release(id, Mismatch::accept).value().state, ReleaseState::released);
    EXPECT_EQ(release(id).value().state, ReleaseState::released);
}

TEST_F(Publishing, RefusesAFileThatIsDamagedByItsOwnAccountUnlessToldTo) {
    auto const id = draft("2.0").value().id;
    ASSERT_TRUE(attach(id, "bytes", R"({"format":"swu","version":"2.0","damage":"cut short: x"})"));
    auto const refused = release(id);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::invalid);
    EXPECT_TRUE(refused.error().detail.starts_with("file: it is cut short: x"));
    EXPECT_EQ(announced(), 0U);
    EXPECT_EQ(release(id, Mismatch::accept).value().state, ReleaseState::released);
}

TEST_F(Publishing, NamesAFileWithoutANameByItsFormat) {
    auto const id = draft("2.0").value().id;
    auto const named = [&](std::string const& format) {
        return attach(id, "bytes of " + format, R"({"format":")" + format + "\"}")
            .value()
            .file_name;
    };
    EXPECT_EQ(named("swu"), "firmware.swu");
    EXPECT_EQ(named("rauc"), "firmware.raucb");
    EXPECT_EQ(named("mender"), "firmware.mender");
    EXPECT_EQ(named("zigbee"), "firmware.bin");
    EXPECT_EQ(named("swu"), "firmware.swu");
    EXPECT_EQ(release(id).value().file_name, "firmware.swu");
}

TEST_F(Publishing, KeepsTheNameThatWasGiven) {
    Draft wanted;
    wanted.model = {"lamp"};
    wanted.version = {"2.0"};
    wanted.file_name = "firmware.bin";
    auto const made =
        write([&](Tx& tx) { return firmware::draft(tx, wanted, clock_.now()); }).value();
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(attach(made.id, "bytes", R"({"format":"swu"})").value().file_name,
                  "firmware.bin");
    }
}

TEST_F(Publishing, AsksOfTheLatestFile) {
    auto const id = draft("2.0").value().id;
    ASSERT_TRUE(attach(id, "bytes", R"({"format":"swu","version":"1.0"})"));
    ASSERT_TRUE(attach(id, "others", R"({"format":"swu","version":"v2.0"})"));
    EXPECT_TRUE(release(id));
}

TEST_F(Publishing, ReplacesTheFileOfADraftOnly) {
    auto const id = with_file("1");
    EXPECT_EQ(attach(id, "other").value().artifact->digests.sha256, sha256_hex("other"));
    ASSERT_TRUE(release(id));
    EXPECT_EQ(attach(id, "third").error().code, Errc::conflict);
}

TEST_F(Publishing, TwiceIsOnce) {
    auto const id = with_file("1");
    auto const first = release(id).value();
    clock_.advance(1h);
    auto const second = release(id).value();
    EXPECT_EQ(second.order, first.order);
    EXPECT_EQ(second.released_at, first.released_at);
    EXPECT_EQ(withdraw(id).value().state, ReleaseState::withdrawn);
    EXPECT_EQ(withdraw(id).value().state, ReleaseState::withdrawn);
    EXPECT_EQ(announced(), 0U);
}

TEST_F(Publishing, NeverGoesBack) {
    auto const id = with_file("1");
    EXPECT_EQ(withdraw(id).error().code, Errc::conflict);
    ASSERT_TRUE(release(id));
    EXPECT_EQ(discard(id).error().code, Errc::conflict);
    ASSERT_TRUE(withdraw(id));
    EXPECT_EQ(release(id).error().code, Errc::conflict);
    EXPECT_EQ(discard(id).error().code, Errc::conflict);
}

TEST_F(Publishing, KnowsWhatIsNotThere) {
    EXPECT_EQ(release({99}).error().code, Errc::not_found);
    EXPECT_EQ(withdraw({99}).error().code, Errc::not_found);
    EXPECT_EQ(discard({99}).error().code, Errc::not_found);
    EXPECT_EQ(attach({99}, "x").error().code, Errc::not_found);
}

struct NameCase {
    std::string name;
    std::string text;
    bool good;
};
class FileName : public testing::TestWithParam<NameCase> {};
TEST_P(FileName, IsSafeInPathsAndLinks) {
    EXPECT_EQ(read_file_name(GetParam().text, "fileName").has_value(), GetParam().good);
}
INSTANTIATE_TEST_SUITE_P(
    , FileName,
    testing::Values(NameCase{"Usual", "lamp-2.0.bin", true}, NameCase{"Spaces", "a b.bin", true},
                    NameCase{"Letters", "\xE5\x9B\xBA\xE4\xBB\xB6.bin", true},
                    NameCase{"Longest", std::string(128, 'x'), true},
                    NameCase{"TooLong", std::string(129, 'x'), false}, NameCase{"Empty", "", false},
                    NameCase{"Slash", "a/b", false}, NameCase{"Backslash", "a\\b", false},
                    NameCase{"Dot", ".", false}, NameCase{"Dots", "..", false},
                    NameCase{"Control", "a\nb", false}, NameCase{"Delete", "a\x7F", false},
                    NameCase{"Bidirectional", "a\xE2\x80\xAE.bin", false},
                    NameCase{"ZeroWidth", "a\xE2\x80\x8B.bin", false},
                    NameCase{"NotUtf8", "a\xFF", false},
                    NameCase{"Checksum", "a.bin.MD5SUM", false}),
    [](auto const& tested) { return tested.param.name; });

class Upkeep : public Publishing {
protected:
    void TearDown() override {
        blobs_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    std::string keep(std::string const& bytes) {
        auto intake = blobs_->begin(1 << 20).value();
        EXPECT_TRUE(intake->append(bytes));
        return intake->finish().value().digests.sha256;
    }

    std::filesystem::path folder_ = stage::scratch_folder();
    std::unique_ptr<Blobs> blobs_ = blobdir::BlobDir::open_folder(folder_ / "f", clock_).value();
    // Files get their times from the system's clock, which tests do not read: every file is older
    // than this.
    static constexpr Instant far_future{4'000'000'000'000};
};

TEST_F(Upkeep, SweepsWhatNoReleaseNames) {
    keep("bytes of 1");
    auto const orphan = keep("orphan");
    with_file("1");
    EXPECT_EQ(sweep_orphans(*store_, *blobs_, far_future).value(), 1);
    EXPECT_EQ(blobs_->open(orphan).error().code, Errc::not_found);
    EXPECT_TRUE(blobs_->open(sha256_hex("bytes of 1")));
}

TEST_F(Upkeep, SparesWhatMayStillGetItsRow) {
    auto const young = keep("young");
    EXPECT_EQ(sweep_orphans(*store_, *blobs_, Instant{0}).value(), 0);
    EXPECT_TRUE(blobs_->open(young));
}

TEST_F(Upkeep, ChecksEachFileOnceInAPeriod) {
    keep("one");
    keep("two");
    clock_.advance(24h * 7 + 1ms);
    auto const now = clock_.now();
    EXPECT_FALSE(scrub_step(*blobs_, 24h * 7, now).value()->damaged);
    EXPECT_FALSE(scrub_step(*blobs_, 24h * 7, now).value()->damaged);
    EXPECT_FALSE(scrub_step(*blobs_, 24h * 7, now).value().has_value());
}

TEST_F(Upkeep, TellsOfADamagedFileOnce) {
    auto const sha256 = keep("one");
    auto const path = folder_ / "f" / sha256.substr(0, 2) / sha256;
    std::filesystem::resize_file(path, 2);
    clock_.advance(24h * 7 + 1ms);
    auto const checked = scrub_step(*blobs_, 24h * 7, clock_.now()).value();
    ASSERT_TRUE(checked);
    EXPECT_TRUE(checked->damaged);
    EXPECT_EQ(checked->sha256, sha256);
    EXPECT_FALSE(scrub_step(*blobs_, 24h * 7, clock_.now()).value().has_value());
}

}  // namespace
}  // namespace updraft::firmware
