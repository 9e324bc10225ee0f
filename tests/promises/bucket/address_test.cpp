#include "bucket/address.h"

#include <gtest/gtest.h>

namespace updraft::bucket {
namespace {

TEST(Place, IsABucketAndPerhapsAPrefix) {
    EXPECT_EQ(read_place("s3://firmware").value(), (Place{"firmware", ""}));
    EXPECT_EQ(read_place("s3://firmware/").value(), (Place{"firmware", ""}));
    EXPECT_EQ(read_place("s3://a.b-9/updraft/prod_1").value(), (Place{"a.b-9", "updraft/prod_1/"}));
    EXPECT_EQ(read_place("s3://firmware/x/").value().written(), "s3://firmware/x");
    EXPECT_EQ(read_place("s3://firmware").value().written(), "s3://firmware");
}

TEST(Place, RefusesEverythingElse) {
    for (auto const* text :
         {"", "firmware", "S3://firmware", "s3://", "s3://ab", "s3://Firmware", "s3://fir mware",
          "s3://firmware//x", "s3://firmware/x//y", "s3://firmware/../x", "s3://firmware/.",
          "s3://firmware/x y", "s3://firmware/x?y", "s3://-firmware", "s3://fir..mware",
          "s3://user:key@firmware", "https://firmware"}) {
        EXPECT_EQ(read_place(text).error().code, Errc::invalid) << text;
    }
}

struct Reach {
    std::string name;
    std::string base;
    std::string host;
    std::string path;
};
class BaseAddresses : public testing::TestWithParam<Reach> {};

TEST_P(BaseAddresses, PutTheBucketWhereItBelongs) {
    auto const base = read_base_address(GetParam().base);
    ASSERT_TRUE(base) << base.error().detail;
    auto const location = location_of(*base, "firmware", "ab/abcd");
    EXPECT_EQ(location.host, GetParam().host);
    EXPECT_EQ(location.path, GetParam().path);
}

INSTANTIATE_TEST_SUITE_P(
    , BaseAddresses,
    testing::Values(
        Reach{"PathStyle", "http://127.0.0.1:9000", "127.0.0.1:9000", "/firmware/ab/abcd"},
        Reach{"ASlashMore", "http://127.0.0.1:9000/", "127.0.0.1:9000", "/firmware/ab/abcd"},
        Reach{"HostStyle", "https://{bucket}.s3.example.net", "firmware.s3.example.net",
              "/ab/abcd"},
        Reach{"ThePortOfTheScheme", "https://s3.example.net:443", "s3.example.net",
              "/firmware/ab/abcd"},
        Reach{"TheOtherPort", "http://s3.example.net:443", "s3.example.net:443",
              "/firmware/ab/abcd"},
        Reach{"BelowAPath", "https://example.net/s3", "example.net", "/s3/firmware/ab/abcd"},
        Reach{"InThePath", "https://example.net/{bucket}/x", "example.net", "/firmware/x/ab/abcd"},
        Reach{"AnIPv6Address", "http://[::1]:9000", "[::1]:9000", "/firmware/ab/abcd"}),
    [](auto const& tested) { return tested.param.name; });

TEST(BaseAddress, RefusesWhatIsNone) {
    for (auto const* text :
         {"", "s3.example.net", "ftp://s3.example.net", "https://", "https://user:key@example.net",
          "https://example.net?x=y", "https://example.net/a b", "https://{bocket}.example.net"}) {
        EXPECT_EQ(read_base_address(text).error().code, Errc::invalid) << text;
    }
}

}  // namespace
}  // namespace updraft::bucket
