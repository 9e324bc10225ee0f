// What every adapter of the Blobs port promises. Another adapter is added as a line at the end.
#include "ports/blobs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "app/process/system_clock.h"
#include "blobdir/blob_dir.h"
#include "bucket/bucket.h"
#include "contracts/blobs/test_bucket.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"

namespace updraft {
namespace {

constexpr Instant far_future{4'000'000'000'000};

struct Place {
    stage::ManualClock clock;
    std::filesystem::path folder = stage::scratch_folder();
    std::unique_ptr<Blobs> blobs;

    Place() = default;
    Place(Place const&) = delete;
    Place& operator=(Place const&) = delete;
    // Returns when the clock is later than the times of all existing blobs.
    virtual void let_time_pass() { clock.advance(std::chrono::hours{1}); }
    virtual ~Place() {
        blobs.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }
};

std::unique_ptr<Place> folder_place() {
    auto place = std::make_unique<Place>();
    place->blobs = blobdir::BlobDir::open_folder(place->folder / "firmware", place->clock).value();
    return place;
}

// A test cannot set the clock of a bucket, so the test's clock follows the system's time.
struct BucketPlace final : Place {
    void let_time_pass() override {
        auto const before = clock.now().seconds();
        // A bucket rounds its times to whole seconds, up or down.
        while (clock.now().seconds() < before + 2) {
            std::this_thread::yield();
            clock.set(app::SystemClock().now());
        }
    }
};

std::unique_ptr<Place> bucket_place() {
    auto client = test_bucket();
    if (!client) return nullptr;
    auto place = std::make_unique<BucketPlace>();
    place->clock.set(app::SystemClock().now());
    bucket::BucketSettings settings{.client = *std::move(client),
                                    .cache_folder = place->folder / "cache",
                                    .cache_bytes_max = 1 << 20};
    place->blobs = bucket::Bucket::open_bucket(std::move(settings), place->clock).value();
    return place;
}

struct Adapter {
    std::string name;
    std::unique_ptr<Place> (*make)();
    int rounds = 20;  // Rounds per thread in the test with many threads.
};

class BlobsContract : public testing::TestWithParam<Adapter> {
protected:
    void SetUp() override {
        if (!place_) GTEST_SKIP() << "no S3 runs for this suite: ctest starts one";
    }
    firmware::Artifact keep(std::string_view bytes) {
        auto intake = blobs().begin(1 << 20).value();
        EXPECT_TRUE(intake->append(bytes));
        return intake->finish().value();
    }
    Blobs& blobs() { return *place_->blobs; }

    std::unique_ptr<Place> place_ = GetParam().make();
};

std::string content(OpenBlob const& blob) {
    std::string bytes(static_cast<std::size_t>(blob.bytes()), ' ');
    auto const got = ::pread(blob.descriptor(), bytes.data(), bytes.size(), 0);
    return got == blob.bytes() ? bytes : "cut short";
}

TEST_P(BlobsContract, WhatIsKeptIsFoundUnderItsDigest) {
    auto const artifact = keep("firmware");
    EXPECT_EQ(artifact.bytes, 8);
    EXPECT_EQ(artifact.digests.sha256, sha256_hex("firmware"));
    EXPECT_EQ(artifact.digests.md5.size(), 32U);
    EXPECT_EQ(artifact.digests.sha1.size(), 40U);
    EXPECT_EQ(content(*blobs().open(artifact.digests.sha256).value()), "firmware");
}

TEST_P(BlobsContract, BytesComeInPiecesOfAnySize) {
    auto intake = blobs().begin(100).value();
    for (auto const piece : {"f", "", "irm", "ware"}) ASSERT_TRUE(intake->append(piece));
    EXPECT_EQ(intake->described().digests.sha256, sha256_hex("firmware"));
    EXPECT_EQ(intake->finish().value().bytes, 8);
}

TEST_P(BlobsContract, BytesCanBeLookedAtBeforeTheyAreFinished) {
    auto intake = blobs().begin(100).value();
    for (auto const piece : {"firm", "ware"}) ASSERT_TRUE(intake->append(piece));
    std::string looked(6, ' ');
    EXPECT_EQ(intake->look(2, looked).value(), 6U);
    EXPECT_EQ(looked, "rmware");
    EXPECT_EQ(intake->look(5, looked).value(), 3U);
    EXPECT_EQ(intake->look(8, looked).value(), 0U);
    ASSERT_TRUE(intake->append("!"));
    EXPECT_EQ(content(*blobs().open(intake->finish().value().digests.sha256).value()), "firmware!");
}

TEST_P(BlobsContract, TheBytesOfAllAreCountedOnce) {
    auto const before = blobs().bytes_stored().value();
    keep("seven b");
    keep("seven b");
    keep(std::string(1'000, 'x'));
    auto unfinished = blobs().begin(100).value();
    ASSERT_TRUE(unfinished->append("not there yet"));
    EXPECT_EQ(blobs().bytes_stored().value() - before, 1'007);
}

TEST_P(BlobsContract, NothingIsThereUntilFinished) {
    {
        auto intake = blobs().begin(100).value();
        ASSERT_TRUE(intake->append("firmware"));
        EXPECT_EQ(intake->described().digests.sha256, sha256_hex("firmware"));
    }
    EXPECT_EQ(blobs().open(sha256_hex("firmware")).error().code, Errc::not_found);
    EXPECT_TRUE(blobs().list(far_future).value().empty());
}

TEST_P(BlobsContract, TheLimitIsInclusive) {
    auto intake = blobs().begin(8).value();
    EXPECT_TRUE(intake->append("firmware"));
    EXPECT_EQ(intake->append("!").error().code, Errc::too_large);
}

TEST_P(BlobsContract, TheSameBytesTwiceAreOneBlob) {
    keep("firmware");
    keep("firmware");
    EXPECT_EQ(blobs().list(far_future).value().size(), 1U);
}

TEST_P(BlobsContract, ABlobBeingReadSurvivesItsRemoval) {
    auto const sha256 = keep("firmware").digests.sha256;
    auto const blob = blobs().open(sha256).value();
    ASSERT_TRUE(blobs().remove(sha256, far_future));
    EXPECT_EQ(content(*blob), "firmware");
    EXPECT_EQ(blobs().open(sha256).error().code, Errc::not_found);
}

TEST_P(BlobsContract, RemovingIsForOldOnesAndTwiceIsOnce) {
    auto const sha256 = keep("firmware").digests.sha256;
    EXPECT_TRUE(blobs().remove(sha256, Instant{0}));
    EXPECT_TRUE(blobs().open(sha256));
    EXPECT_TRUE(blobs().remove(sha256, far_future));
    EXPECT_TRUE(blobs().remove(sha256, far_future));
}

TEST_P(BlobsContract, TheListIsOfOldOnes) {
    auto const sha256 = keep("firmware").digests.sha256;
    EXPECT_TRUE(blobs().list(Instant{0}).value().empty());
    EXPECT_EQ(blobs().list(far_future).value(), std::vector{sha256});
}

TEST_P(BlobsContract, NamesThatAreNoDigestsAreNotThere) {
    for (auto const* name : {"", "x", "../../etc/passwd", "tmp"}) {
        EXPECT_EQ(blobs().open(name).error().code, Errc::not_found) << name;
        EXPECT_EQ(blobs().verify(name).error().code, Errc::not_found) << name;
        EXPECT_TRUE(blobs().remove(name, far_future)) << name;
    }
}

TEST_P(BlobsContract, TheOneCheckedLongestAgoIsDueFirst) {
    auto const first = keep("one").digests.sha256;
    place_->let_time_pass();
    auto const second = keep("two").digests.sha256;
    place_->let_time_pass();
    auto const now = place_->clock.now();
    EXPECT_EQ(blobs().due_for_check(now).value(), first);
    ASSERT_TRUE(blobs().verify(first));
    EXPECT_EQ(blobs().due_for_check(now).value(), second);
    ASSERT_TRUE(blobs().verify(second));
    EXPECT_EQ(blobs().due_for_check(now).value(), std::nullopt);
}

TEST_P(BlobsContract, ManyThreadsMayUseIt) {
    std::vector<std::jthread> threads;
    for (int number = 0; number < 8; ++number) {
        threads.emplace_back([this, number] {
            for (int round = 0; round < GetParam().rounds; ++round) {
                auto const bytes = std::to_string((number + round) % 4);
                auto const sha256 = keep(bytes).digests.sha256;
                auto const blob = blobs().open(sha256);
                if (blob) {
                    EXPECT_EQ(content(**blob), bytes);
                }
                EXPECT_TRUE(blobs().remove(sha256, Instant{0}));
            }
        });
    }
    threads.clear();
    EXPECT_EQ(blobs().list(far_future).value().size(), 4U);
}

INSTANTIATE_TEST_SUITE_P(, BlobsContract,
                         testing::Values(Adapter{"Folder", &folder_place},
                                         Adapter{"Bucket", &bucket_place, 4}),
                         [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft
