#include "bucket/signature_v4.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "text/percent.h"

namespace updraft::bucket {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

// The keys, time and bucket of the examples in AWS's documentation of Signature Version 4.
Credentials published() {
    return {.access_key = "AKIAIOSFODNN7EXAMPLE",
            .secret_key = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            .region = "us-east-1"};
}
constexpr Instant moment{1'369'353'600'000};  // 2013-05-24T00:00:00Z
constexpr std::string_view host = "examplebucket.s3.amazonaws.com";

struct Vector {
    std::string name;
    std::string method;
    std::string path;
    Pairs query;
    Pairs headers;
    std::string payload;
    std::string signature;
};

class PublishedVectors : public testing::TestWithParam<Vector> {};

TEST_P(PublishedVectors, AreSignedAlike) {
    auto const& vector = GetParam();
    auto const fields = signed_fields({.method = vector.method,
                                       .host = std::string(host),
                                       .path = vector.path,
                                       .query = vector.query,
                                       .headers = vector.headers,
                                       .payload = vector.payload},
                                      published(), moment);
    ASSERT_EQ(fields.size(), 3U);
    EXPECT_EQ(fields[0].second, vector.payload);
    EXPECT_EQ(fields[1].second, "20130524T000000Z");
    EXPECT_THAT(fields[2].second, EndsWith(",Signature=" + vector.signature));
    EXPECT_THAT(fields[2].second,
                HasSubstr("Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"));
}

INSTANTIATE_TEST_SUITE_P(
    , PublishedVectors,
    testing::Values(Vector{"GetWithARange",
                           "GET",
                           "/test.txt",
                           {},
                           {{"range", "bytes=0-9"}},
                           std::string(empty_sha256),
                           "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
                    Vector{"PutWithABody",
                           "PUT",
                           "/test$file.text",
                           {},
                           {{"date", "Fri, 24 May 2013 00:00:00 GMT"},
                            {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                           "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
                           "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
                    Vector{"QueryWithoutAValue",
                           "GET",
                           "/",
                           {{"lifecycle", ""}},
                           {},
                           std::string(empty_sha256),
                           "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
                    Vector{"List",
                           "GET",
                           "/",
                           {{"prefix", "J"}, {"max-keys", "2"}},
                           {},
                           std::string(empty_sha256),
                           "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"}),
    [](auto const& tested) { return tested.param.name; });

SignAsk published_get() {
    return {.method = "GET",
            .host = std::string(host),
            .path = "/test.txt",
            .payload = unsigned_payload};
}

TEST(SignedTarget, IsThePublishedOne) {
    EXPECT_EQ(signed_target(published_get(), published(), moment, std::chrono::hours{24}),
              "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
              "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
              "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
              "&X-Amz-Signature="
              "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

// Each change gives another signature: a signature for one address is not valid for another.
TEST(SignedTarget, DependsOnEverythingThatItNames) {
    auto const signature = [](SignAsk ask, Instant now, std::chrono::seconds ttl) {
        auto const target = signed_target(std::move(ask), published(), now, ttl);
        return target.substr(target.rfind('=') + 1);
    };
    auto const first = signature(published_get(), moment, std::chrono::hours{1});
    EXPECT_EQ(first, signature(published_get(), moment, std::chrono::hours{1}));
    EXPECT_EQ(first, signature(published_get(), moment + Millis{999}, std::chrono::hours{1}));
    EXPECT_NE(first, signature(published_get(), moment + Millis{1'000}, std::chrono::hours{1}));
    EXPECT_NE(first, signature(published_get(), moment, std::chrono::hours{2}));
    auto other = published_get();
    other.method = "HEAD";
    EXPECT_NE(first, signature(other, moment, std::chrono::hours{1}));
    other = published_get();
    other.host += ":9000";
    EXPECT_NE(first, signature(other, moment, std::chrono::hours{1}));
    other = published_get();
    other.query = {{"response-content-disposition", "attachment"}};
    EXPECT_NE(first, signature(other, moment, std::chrono::hours{1}));
}

TEST(SignedTarget, HoldsNoSecret) {
    EXPECT_THAT(signed_target(published_get(), published(), moment, std::chrono::hours{1}),
                Not(HasSubstr("wJalr")));
}

TEST(UriEncoding, LeavesUnreservedCharactersAlone) {
    EXPECT_EQ(text::percent_encoded("aZ09-._~/", text::Slash::stays), "aZ09-._~/");
    EXPECT_EQ(text::percent_encoded("a/b", text::Slash::is_encoded), "a%2Fb");
    EXPECT_EQ(text::percent_encoded("attachment; filename=\"lamp 2.swu\"", text::Slash::is_encoded),
              "attachment%3B%20filename%3D%22lamp%202.swu%22");
    EXPECT_EQ(text::percent_encoded("ä+", text::Slash::stays), "%C3%A4%2B");
}

}  // namespace
}  // namespace updraft::bucket
