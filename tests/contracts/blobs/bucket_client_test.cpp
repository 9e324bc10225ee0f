// How the bucket client works with a real S3 server, as far as the suite of the Blobs port does not
// test it.
#include "bucket/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "app/process/system_clock.h"
#include "contracts/blobs/test_bucket.h"
#include "stage/manual_clock.h"
#include "vocabulary/digest.h"

namespace updraft::bucket {
namespace {

using testing::HasSubstr;
using testing::Not;

class BucketClient : public testing::Test {
protected:
    void SetUp() override {
        if (!settings_) GTEST_SKIP() << "no S3 runs for this suite: ctest starts one";
        clock_.set(app::SystemClock().now());
        client_ = std::make_unique<Client>(*settings_, clock_);
    }
    std::string key(std::string const& name) { return settings_->place.prefix + name; }
    Result<void> put(std::string const& name, std::string const& bytes, std::string const& sha256) {
        Content const content{
            .bytes = std::ssize(bytes),
            .sha256 = sha256,
            .read = [&bytes](std::int64_t offset, std::span<char> into) {
                auto const rest = std::string_view(bytes).substr(static_cast<std::size_t>(offset));
                auto const part = rest.substr(0, into.size());
                std::ranges::copy(part, into.begin());
                return Result<std::size_t>(part.size());
            }};
        return client_->put(key(name), content);
    }
    std::string content(std::string const& name) {
        std::string bytes;
        auto const fetched = client_->fetch(key(name), [&](std::string_view piece) {
            bytes += piece;
            return Result<void>{};
        });
        return fetched ? bytes : fetched.error().detail;
    }

    std::optional<ClientSettings> settings_ = test_bucket();
    stage::ManualClock clock_;
    std::unique_ptr<Client> client_;
};

TEST_F(BucketClient, KeepsWhatItIsGiven) {
    std::string const bytes(300'000, 'x');
    ASSERT_TRUE(put("a", bytes, sha256_hex(bytes)));
    EXPECT_EQ(content("a"), bytes);
    EXPECT_EQ(client_->look(key("a")).value().bytes, std::ssize(bytes));
    ASSERT_TRUE(client_->put_empty(key("b")));
    EXPECT_EQ(content("b"), "");
    EXPECT_EQ(client_->counts().answered, 5U);
}

// The bucket compares the digest: bytes that were changed during the transfer are not stored.
TEST_F(BucketClient, OtherBytesThanTheDigestSaysAreRefused) {
    EXPECT_EQ(put("a", "firmware", sha256_hex("firmwarf")).error().code, Errc::unavailable);
    EXPECT_EQ(client_->look(key("a")).error().code, Errc::not_found);
}

TEST_F(BucketClient, CopiesInPlaceAndRemovesTwice) {
    ASSERT_TRUE(put("a", "firmware", sha256_hex("firmware")));
    ASSERT_TRUE(client_->copy(key("a"), key("damaged/a")));
    ASSERT_TRUE(client_->remove(key("a")));
    ASSERT_TRUE(client_->remove(key("a")));
    EXPECT_EQ(content("damaged/a"), "firmware");
    EXPECT_EQ(client_->copy(key("a"), key("b")).error().code, Errc::not_found);
}

TEST_F(BucketClient, ListsEveryPage) {
    for (int number = 0; number < 7; ++number) {
        ASSERT_TRUE(client_->put_empty(key("marks/" + std::to_string(number))));
    }
    std::vector<std::string> keys;
    std::string token;
    int pages = 0;
    do {
        auto const page = client_->list(key("marks/"), token).value();
        for (auto const& listed : page.objects) keys.push_back(listed.key);
        token = page.next;
        ++pages;
    } while (!token.empty());
    ASSERT_EQ(keys.size(), 7U);
    EXPECT_EQ(keys.front(), key("marks/0"));
    EXPECT_EQ(keys.back(), key("marks/6"));
    EXPECT_GT(pages, 1);
}

TEST_F(BucketClient, AWrongSecretAMissingBucketAndAWrongClockAreNamed) {
    auto wrong = *settings_;
    wrong.credentials.secret_key = Secret("wrong");
    Client stranger(wrong, clock_);
    EXPECT_THAT(stranger.probe().error().detail, HasSubstr("SignatureDoesNotMatch"));
    wrong = *settings_;
    wrong.place.bucket = "no-such-bucket";
    Client lost(wrong, clock_);
    EXPECT_THAT(lost.probe().error().detail, HasSubstr("NoSuchBucket"));
    EXPECT_THAT(lost.list("", "").error().detail, HasSubstr("NoSuchBucket"));
    stage::ManualClock late(clock_.now() - std::chrono::hours{1});
    Client belated(*settings_, late);
    EXPECT_THAT(belated.probe().error().detail, HasSubstr("RequestTimeTooSkewed"));
    EXPECT_THAT(belated.trouble(), HasSubstr("RequestTimeTooSkewed"));
    late.set(clock_.now());
    EXPECT_TRUE(belated.probe());
    EXPECT_EQ(belated.trouble(), "");
    for (auto const* client : {&stranger, &lost, &belated}) {
        EXPECT_THAT(client->trouble(), Not(HasSubstr(settings_->credentials.secret_key.reveal())));
    }
}

TEST_F(BucketClient, RefusesEverythingOnceItIsStopped) {
    client_->stop();
    EXPECT_EQ(client_->look(key("a")).error().code, Errc::unavailable);
    EXPECT_EQ(client_->trouble(), "");
}

}  // namespace
}  // namespace updraft::bucket
