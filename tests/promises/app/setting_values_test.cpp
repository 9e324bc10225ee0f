#include "app/settings/setting_values.h"

#include <gtest/gtest.h>

namespace updraft::app {
namespace {

struct DurationCase {
    std::string text;
    std::optional<std::int64_t> ms;
};
class Duration : public testing::TestWithParam<DurationCase> {};
TEST_P(Duration, IsReadExactly) {
    auto const read = read_duration(GetParam().text);
    ASSERT_EQ(read.has_value(), GetParam().ms.has_value()) << GetParam().text;
    if (read) {
        EXPECT_EQ(read->count(), *GetParam().ms);
    }
}
INSTANTIATE_TEST_SUITE_P(
    , Duration,
    testing::Values(DurationCase{"200ms", 200}, DurationCase{"5s", 5000},
                    DurationCase{"10m", 600'000}, DurationCase{"24h", 86'400'000},
                    DurationCase{"7d", 604'800'000}, DurationCase{"0s", 0},
                    DurationCase{"36525d", 3'155'760'000'000}, DurationCase{"36526d", {}},
                    DurationCase{"", {}}, DurationCase{"s", {}}, DurationCase{"5", {}},
                    DurationCase{"5S", {}}, DurationCase{"+5s", {}}, DurationCase{"1.5s", {}},
                    DurationCase{"5s ", {}}, DurationCase{"5sec", {}},
                    DurationCase{"9999999999999999999s", {}}));

struct SizeCase {
    std::string text;
    std::optional<std::int64_t> bytes;
};
class Size : public testing::TestWithParam<SizeCase> {};
TEST_P(Size, IsReadExactly) {
    auto const read = read_size(GetParam().text);
    ASSERT_EQ(read.has_value(), GetParam().bytes.has_value()) << GetParam().text;
    if (read) {
        EXPECT_EQ(*read, *GetParam().bytes);
    }
}
INSTANTIATE_TEST_SUITE_P(, Size,
                         testing::Values(SizeCase{"10B", 10}, SizeCase{"64KiB", 65'536},
                                         SizeCase{"3MiB", 3 << 20}, SizeCase{"1GiB", 1 << 30},
                                         SizeCase{"1TiB", std::int64_t{1} << 40},
                                         SizeCase{"10", {}}, SizeCase{"1KB", {}},
                                         SizeCase{"-1B", {}},
                                         SizeCase{"8000000TiB", std::int64_t{8'000'000} << 40},
                                         SizeCase{"9999999TiB", {}}, SizeCase{"", {}}));

struct EndpointCase {
    std::string text;
    std::string written;  // Empty: the text is refused.
};
class EndpointText : public testing::TestWithParam<EndpointCase> {};
TEST_P(EndpointText, IsAnAddressAndAPort) {
    auto const read = read_endpoint(GetParam().text);
    EXPECT_EQ(read ? read->written() : "", GetParam().written) << GetParam().text;
}
INSTANTIATE_TEST_SUITE_P(
    , EndpointText,
    testing::Values(EndpointCase{"127.0.0.1:8080", "127.0.0.1:8080"},
                    EndpointCase{"0.0.0.0:0", "0.0.0.0:0"}, EndpointCase{"[::1]:80", "[::1]:80"},
                    EndpointCase{"[::]:65535", "[::]:65535"},
                    EndpointCase{"localhost:80", "127.0.0.1:80"}, EndpointCase{"::1:80", ""},
                    EndpointCase{"[127.0.0.1]:80", ""}, EndpointCase{"127.0.0.1:65536", ""},
                    EndpointCase{"127.0.0.1:", ""}, EndpointCase{"127.0.0.1", ""},
                    EndpointCase{"256.0.0.1:80", ""}, EndpointCase{":80", ""},
                    EndpointCase{"http://127.0.0.1:80", ""}, EndpointCase{"127.0.0.1:+8", ""}));

struct NetworkCase {
    std::string text;
    bool alone;      // Valid as the network of a proxy.
    bool with_port;  // Valid as a network that pushes may connect to.
};
class NetworkText : public testing::TestWithParam<NetworkCase> {};
TEST_P(NetworkText, IsAnAddressWithAMask) {
    EXPECT_EQ(read_network(GetParam().text).has_value(), GetParam().alone);
    EXPECT_EQ(read_network_with_port(GetParam().text).has_value(), GetParam().with_port);
}
INSTANTIATE_TEST_SUITE_P(
    , NetworkText,
    testing::Values(NetworkCase{"10.0.0.0/8", true, true},
                    NetworkCase{"127.0.0.1/32:9000", false, true},
                    NetworkCase{"fd00::/8", true, true}, NetworkCase{"::1/128:443", false, true},
                    NetworkCase{"10.0.0.1", true, true}, NetworkCase{"::1", true, true},
                    NetworkCase{"10.0.0.0/33", false, false}, NetworkCase{"::/129", false, false},
                    NetworkCase{"10.0.0.0/", false, false}, NetworkCase{"10.0.0/8", false, false},
                    NetworkCase{"10.0.0.0/8:0", false, false},
                    NetworkCase{"10.0.0.0/8:65536", false, false}, NetworkCase{"", false, false}));

TEST(Offset, IsReadInMinutes) {
    EXPECT_EQ(read_offset("+08:00"), "+08:00");
    EXPECT_EQ(read_offset("-03:30"), "-03:30");
    EXPECT_EQ(read_offset("+14:00"), "+14:00");
    EXPECT_EQ(read_offset("+00:00"), "+00:00");
    for (auto const* const bad : {"Z", "+8:00", "+08:60", "+14:01", "08:00", "+08:00 ", "+-8:00"}) {
        EXPECT_FALSE(read_offset(bad)) << bad;
    }
}

TEST(ClockTime, IsAtLeastASecondAndLessThanADay) {
    EXPECT_EQ(read_clock_time("00:00:01"), std::chrono::seconds{1});
    EXPECT_EQ(read_clock_time("23:59:59"), std::chrono::seconds{86'399});
    for (auto const* const bad :
         {"00:00:00", "24:00:00", "00:60:00", "0:00:01", "00:00", "-1:00:0"}) {
        EXPECT_FALSE(read_clock_time(bad)) << bad;
    }
}

TEST(StoreUrl, SaysWhichStore) {
    EXPECT_EQ(read_store_url("sqlite:/a b/c.db"), (StoreUrl{StoreKind::sqlite, "/a b/c.db"}));
    EXPECT_EQ(read_store_url("postgresql://u@h/d"),
              (StoreUrl{StoreKind::postgresql, "postgresql://u@h/d"}));
    for (auto const* const bad : {"", "sqlite:", "/a/b.db", "mysql://x"}) {
        EXPECT_FALSE(read_store_url(bad)) << bad;
    }
}

}  // namespace
}  // namespace updraft::app
