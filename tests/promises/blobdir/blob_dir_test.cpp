#include "blobdir/blob_dir.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "stage/manual_clock.h"
#include "stage/open_store.h"

namespace updraft::blobdir {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class Folder : public testing::Test {
protected:
    void SetUp() override { start(); }
    void TearDown() override {
        blobs_.reset();
        std::error_code ignored;
        fs::remove_all(root_, ignored);
    }

    void start() { blobs_ = BlobDir::open_folder(folder_, clock_).value(); }
    std::string keep(std::string_view bytes) {
        auto intake = blobs_->begin(1 << 20).value();
        EXPECT_TRUE(intake->append(bytes));
        return intake->finish().value().digests.sha256;
    }
    fs::path path_of(std::string const& sha256) { return folder_ / sha256.substr(0, 2) / sha256; }
    // Replaces the bytes by others of the same size; with `noticed`, the modification time changes.
    void change(std::string const& sha256, bool noticed) {
        auto const before = fs::last_write_time(path_of(sha256));
        std::fstream file(path_of(sha256), std::ios::in | std::ios::out);
        file << 'X';
        file.close();
        fs::last_write_time(path_of(sha256), noticed ? before + 1s : before);
    }
    std::size_t files_in(std::string const& inside) {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder_ / inside), {}));
    }

    stage::ManualClock clock_;
    fs::path root_ = stage::scratch_folder();
    fs::path folder_ = root_ / "firmware";
    std::unique_ptr<BlobDir> blobs_;
};

TEST_F(Folder, IsAccessibleToItsOwnerOnly) {
    auto const sha256 = keep("firmware");
    struct stat status {};
    ASSERT_EQ(::stat(folder_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
    ASSERT_EQ(::stat(path_of(sha256).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(Folder, KeepsBlobsOverARestart) {
    auto const sha256 = keep("firmware");
    start();
    EXPECT_TRUE(blobs_->open(sha256));
}

TEST_F(Folder, LeavesNothingOfAnUploadThatBrokeOff) {
    {
        auto intake = blobs_->begin(100).value();
        ASSERT_TRUE(intake->append("half"));
        EXPECT_EQ(files_in("tmp"), 1U);
    }
    EXPECT_EQ(files_in("tmp"), 0U);
}

TEST_F(Folder, ClearsAtTheStartWhatACrashLeft) {
    std::ofstream(folder_ / "tmp" / "upload-abcdef") << "half";
    start();
    EXPECT_EQ(files_in("tmp"), 0U);
}

TEST_F(Folder, KeepsARunningUploadWhenAnotherProcessStarts) {
    auto intake = blobs_->begin(100).value();
    ASSERT_TRUE(intake->append("firmware"));
    auto const other = BlobDir::open_folder(folder_, clock_).value();
    auto const artifact = intake->finish();
    ASSERT_TRUE(artifact);
    EXPECT_TRUE(other->open(artifact->digests.sha256));
}

TEST_F(Folder, RefusesAPlaceThatIsNoFolder) {
    std::ofstream(root_ / "file") << "x";
    auto const opened = BlobDir::open_folder(root_ / "file" / "firmware", clock_);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::unavailable);
}

// A write that exceeds RLIMIT_FSIZE fails in the same way as on a full disk.
TEST_F(Folder, AnswersAFullDiskAndLeavesNothing) {
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    rlimit const tight{4096, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
    Result<void> written;
    {
        auto intake = blobs_->begin(1 << 20).value();
        for (int i = 0; i < 8 && written; ++i) written = intake->append(std::string(1024, 'x'));
    }
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, Errc::unavailable);
    EXPECT_EQ(files_in("tmp"), 0U);
    EXPECT_TRUE(blobs_->list({4'000'000'000'000}).value().empty());
    EXPECT_TRUE(blobs_->open(keep("room again")));
}

TEST_F(Folder, ServesNoFileThatWasChanged) {
    auto const sha256 = keep("firmware");
    change(sha256, true);
    EXPECT_EQ(blobs_->open(sha256).error().code, Errc::corrupt);
    EXPECT_EQ(blobs_->open(sha256).error().code, Errc::corrupt);
    EXPECT_EQ(files_in("damaged"), 1U);
}

TEST_F(Folder, ServesNoFileThatWasChangedWhileItWasDown) {
    auto const sha256 = keep("firmware");
    change(sha256, true);
    start();
    EXPECT_EQ(blobs_->open(sha256).error().code, Errc::corrupt);
}

TEST_F(Folder, FindsASilentChangeByReadingItAll) {
    auto const sha256 = keep("firmware");
    change(sha256, false);
    EXPECT_EQ(blobs_->verify(sha256).error().code, Errc::corrupt);
    EXPECT_EQ(blobs_->open(sha256).error().code, Errc::corrupt);
}

TEST_F(Folder, ServesATouchedFileWhoseBytesAreRight) {
    auto const sha256 = keep("firmware");
    fs::last_write_time(path_of(sha256), fs::last_write_time(path_of(sha256)) + 1s);
    EXPECT_TRUE(blobs_->open(sha256));
}

TEST_F(Folder, HealsADamagedFileByTheSameUpload) {
    auto const sha256 = keep("firmware");
    change(sha256, true);
    ASSERT_FALSE(blobs_->open(sha256));
    EXPECT_EQ(keep("firmware"), sha256);
    EXPECT_TRUE(blobs_->open(sha256));
    EXPECT_EQ(files_in("damaged"), 0U);
}

TEST_F(Folder, SweepsDamagedFilesLikeOthers) {
    auto const sha256 = keep("firmware");
    change(sha256, true);
    ASSERT_FALSE(blobs_->open(sha256));
    EXPECT_EQ(blobs_->list({4'000'000'000'000}).value(), std::vector{sha256});
    ASSERT_TRUE(blobs_->remove(sha256, {4'000'000'000'000}));
    EXPECT_EQ(blobs_->open(sha256).error().code, Errc::not_found);
}

TEST_F(Folder, ChecksAgainWhatItHasNoRecordOf) {
    auto const sha256 = keep("firmware");
    fs::remove(folder_ / "checked" / sha256);
    start();
    EXPECT_EQ(blobs_->due_for_check(Instant{1}).value(), sha256);
    EXPECT_TRUE(blobs_->open(sha256));
    EXPECT_EQ(blobs_->due_for_check(Instant{1}).value(), std::nullopt);
}

TEST_F(Folder, RemembersItsChecksOverARestart) {
    keep("firmware");
    start();
    EXPECT_EQ(blobs_->due_for_check(clock_.now()).value(), std::nullopt);
    EXPECT_TRUE(blobs_->due_for_check(clock_.advance(1ms)).value());
}

}  // namespace
}  // namespace updraft::blobdir
