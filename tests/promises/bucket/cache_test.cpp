#include "bucket/cache.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "blobdir/layout.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"

namespace updraft::bucket {
namespace {

class Cached : public testing::Test {
protected:
    ~Cached() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    void open_again(std::int64_t bytes_max = 10) {
        cache_ = Cache::open_folder(folder_ / "cache", bytes_max, clock_).value();
    }
    std::string keep(std::string const& bytes) {
        auto intake = cache_->begin(1'000).value();
        EXPECT_TRUE(intake->append(bytes));
        EXPECT_TRUE(cache_->keep(*intake));
        return sha256_hex(bytes);
    }
    bool has(std::string const& bytes) { return cache_->open(sha256_hex(bytes)).has_value(); }

    stage::ManualClock clock_;
    std::filesystem::path folder_ = stage::scratch_folder();
    std::unique_ptr<Cache> cache_;
};

TEST_F(Cached, WhatWasOpenedLongestAgoGoesFirst) {
    open_again();
    keep("aaaa");
    keep("bbbb");
    ASSERT_TRUE(has("aaaa"));
    keep("cccc");
    EXPECT_TRUE(has("aaaa"));
    EXPECT_FALSE(has("bbbb"));
    EXPECT_TRUE(has("cccc"));
    EXPECT_EQ(cache_->bytes(), 8);
}

TEST_F(Cached, OneThatIsTooLargeIsKeptAlone) {
    open_again();
    keep("aaaa");
    keep("much more than ten");
    EXPECT_FALSE(has("aaaa"));
    EXPECT_TRUE(has("much more than ten"));
    keep("bbbb");
    EXPECT_FALSE(has("much more than ten"));
}

TEST_F(Cached, AnOpenOneIsReadToItsEndThoughItGoes) {
    open_again();
    auto const blob = cache_->open(keep("aaaa")).value();
    keep("bbbbbbbbbb");
    ASSERT_FALSE(has("aaaa"));
    std::string bytes(4, ' ');
    EXPECT_EQ(::pread(blob->descriptor(), bytes.data(), bytes.size(), 0), 4);
    EXPECT_EQ(bytes, "aaaa");
}

TEST_F(Cached, ANewProcessKnowsWhatIsThereAndItsOrder) {
    open_again();
    keep("aaaa");
    keep("bbbb");
    ASSERT_TRUE(has("bbbb"));
    clock_.advance(Millis{1});
    ASSERT_TRUE(has("aaaa"));
    open_again(5);
    EXPECT_FALSE(has("bbbb"));
    EXPECT_TRUE(has("aaaa"));
    EXPECT_EQ(cache_->bytes(), 4);
}

TEST_F(Cached, DamagedBytesAreNotThere) {
    open_again();
    auto const sha256 = keep("aaaa");
    {
        std::ofstream file(blobdir::blob_path(folder_ / "cache", sha256));
        file << "aaab!";
    }
    EXPECT_EQ(cache_->open(sha256).error().code, Errc::not_found);
    EXPECT_EQ(cache_->bytes(), 0);
    keep("aaaa");
    EXPECT_TRUE(has("aaaa"));
}

TEST_F(Cached, AnUnfinishedIntakeLeavesNothing) {
    open_again();
    {
        auto intake = cache_->begin(1'000).value();
        ASSERT_TRUE(intake->append("aaaa"));
    }
    EXPECT_FALSE(has("aaaa"));
    EXPECT_EQ(cache_->bytes(), 0);
}

}  // namespace
}  // namespace updraft::bucket
