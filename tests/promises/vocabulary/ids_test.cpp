#include "vocabulary/ids.h"

#include <gtest/gtest.h>

#include "vocabulary/digest.h"
#include "vocabulary/secret.h"

namespace updraft {
namespace {

TEST(DeviceSafeId, NeverHasOneDigitNorEndsInZero) {
    std::int64_t last = 10;
    for (std::int64_t n = 0; n < 10'000; ++n) {
        auto const id = nth_device_safe_id(n);
        EXPECT_GT(id, last);
        EXPECT_NE(id % 10, 0);
        last = id;
    }
}

TEST(Name, IsReadWithinItsLimits) {
    EXPECT_EQ(read_name<Did>(std::string(64, 'x'), "did")->value.size(), 64U);
    EXPECT_EQ(read_name<Did>(std::string(65, 'x'), "did").error().code, Errc::invalid);
    EXPECT_EQ(read_name<Did>("", "did").error().code, Errc::invalid);
    EXPECT_EQ(read_name<Did>(std::string("a\0b", 3), "did").error().code, Errc::invalid);
    EXPECT_NE(read_name<Did>("", "did").error().detail.find("did"), std::string::npos);
}

TEST(Digest, KnowsThePublishedVectors) {
    DigestStream stream;
    stream.append("a");
    stream.append("bc");
    auto const digests = stream.finish();
    EXPECT_EQ(digests.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(digests.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(digests.md5, "900150983cd24fb0d6963f7d28e17f72");
    EXPECT_EQ(sha256_hex("abc"), digests.sha256);
}

TEST(Secret, IsComparedWhole) {
    EXPECT_TRUE(same_secret("secret", "secret"));
    EXPECT_FALSE(same_secret("secret", "secreT"));
    EXPECT_FALSE(same_secret("secret", "Xecret"));
    EXPECT_FALSE(same_secret("secret", "secre"));
    EXPECT_TRUE(same_secret("", ""));
}

}  // namespace
}  // namespace updraft
