#include "webpost/public_address.h"

#include <gtest/gtest.h>

namespace updraft::webpost {
namespace {

std::string name_of_text(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
    return text;
}

class NotPublic : public testing::TestWithParam<std::string> {};
TEST_P(NotPublic, IsRefused) {
    auto const address = Address::read(GetParam());
    ASSERT_TRUE(address);
    EXPECT_FALSE(is_public(*address));
}
INSTANTIATE_TEST_SUITE_P(
    , NotPublic,
    testing::Values("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1",
                    "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254", "172.16.0.1",
                    "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1",
                    "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1",
                    "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1",
                    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
                    "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a00:1",
                    "64:ff9b:1::1.1.1.1", "100::1", "2001::1", "2001:10::1", "2001:20::1",
                    "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::", "2002:c0a8:101::1",
                    "3fff::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1",
                    "ff0e::1", "5f00::1", "4000::1"),
    [](auto const& tested) { return name_of_text(tested.param); });

// Each block of IANA's two special-purpose registries, by its first and last address, alone and in
// the IPv6 forms that contain an IPv4 address.
struct BlockCase {
    std::string name;
    std::string first;
    std::string last;
};
class ASpecialBlock : public testing::TestWithParam<BlockCase> {};
TEST_P(ASpecialBlock, IsNotPublicInAnyForm) {
    for (auto const& text : {GetParam().first, GetParam().last}) {
        auto const address = Address::read(text);
        ASSERT_TRUE(address) << text;
        EXPECT_FALSE(is_public(*address)) << text;
        auto const four = address->v4();
        if (!four) continue;
        auto const quads = address->written();
        for (auto const& form : {"::ffff:" + quads, "64:ff9b::" + quads, "::" + quads}) {
            EXPECT_FALSE(is_public(*Address::read(form))) << form;
        }
        Address six_to_four{{0x20, 0x02}};
        std::copy_n(address->bytes.begin() + 12, 4, six_to_four.bytes.begin() + 2);
        EXPECT_FALSE(is_public(six_to_four)) << six_to_four.written();
    }
}
INSTANTIATE_TEST_SUITE_P(
    OfIana, ASpecialBlock,
    testing::Values(
        BlockCase{"ThisNetwork", "0.0.0.0", "0.255.255.255"},
        BlockCase{"Private10", "10.0.0.0", "10.255.255.255"},
        BlockCase{"SharedAddressSpace", "100.64.0.0", "100.127.255.255"},
        BlockCase{"Loopback", "127.0.0.0", "127.255.255.255"},
        BlockCase{"LinkLocal", "169.254.0.0", "169.254.255.255"},
        BlockCase{"Private172", "172.16.0.0", "172.31.255.255"},
        BlockCase{"ProtocolAssignments", "192.0.0.0", "192.0.0.255"},
        BlockCase{"Documentation1", "192.0.2.0", "192.0.2.255"},
        BlockCase{"As112v4", "192.31.196.0", "192.31.196.255"},
        BlockCase{"Amt", "192.52.193.0", "192.52.193.255"},
        BlockCase{"SixToFourRelays", "192.88.99.0", "192.88.99.255"},
        BlockCase{"Private192", "192.168.0.0", "192.168.255.255"},
        BlockCase{"DirectDelegationAs112", "192.175.48.0", "192.175.48.255"},
        BlockCase{"Benchmarking", "198.18.0.0", "198.19.255.255"},
        BlockCase{"Documentation2", "198.51.100.0", "198.51.100.255"},
        BlockCase{"Documentation3", "203.0.113.0", "203.0.113.255"},
        BlockCase{"Multicast", "224.0.0.0", "239.255.255.255"},
        BlockCase{"Reserved", "240.0.0.0", "255.255.255.255"}, BlockCase{"Loopback6", "::1", "::1"},
        BlockCase{"Unspecified6", "::", "::"},
        BlockCase{"TranslationLocal", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"},
        BlockCase{"DiscardOnly", "100::", "100::ffff:ffff:ffff:ffff"},
        BlockCase{"DummyPrefix", "100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff"},
        BlockCase{"ProtocolAssignments6", "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"},
        BlockCase{"Teredo", "2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff"},
        BlockCase{"Orchid", "2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff"},
        BlockCase{"Documentation6", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"},
        BlockCase{"DirectDelegationAs112v6",
                  "2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"},
        BlockCase{"Documentation6b", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"},
        BlockCase{"SegmentRouting", "5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        BlockCase{"UniqueLocal", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        BlockCase{"LinkLocal6", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        BlockCase{"Multicast6", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}),
    [](auto const& tested) { return tested.param.name; });
INSTANTIATE_TEST_SUITE_P(
    OfClouds, ASpecialBlock,
    testing::Values(BlockCase{"AzureAgent", "168.63.129.16", "168.63.129.16"},
                    BlockCase{"IbmInfrastructure", "161.26.0.0", "161.26.255.255"},
                    BlockCase{"IbmServices", "166.8.0.0", "166.11.255.255"},
                    BlockCase{"Metadata", "169.254.169.254", "169.254.169.254"},
                    BlockCase{"AwsContainers", "169.254.170.2", "169.254.170.23"},
                    BlockCase{"Alibaba", "100.100.100.200", "100.100.100.200"},
                    BlockCase{"Oracle", "192.0.0.192", "192.0.0.192"},
                    BlockCase{"Aws6", "fd00:ec2::254", "fd00:ec2::23"},
                    BlockCase{"Google6", "fd20:ce::254", "fd20:ce::254"},
                    BlockCase{"Oracle6", "fd00:c1::a9fe:a9fe", "fd00:c1::a9fe:a9fe"},
                    BlockCase{"Scaleway6", "fd00:42::42", "fd00:42::42"},
                    BlockCase{"OpenStack6", "fe80::a9fe:a9fe", "fe80::a9fe:a9fe"}),
    [](auto const& tested) { return tested.param.name; });

class Public : public testing::TestWithParam<std::string> {};
TEST_P(Public, IsAllowed) {
    auto const address = Address::read(GetParam());
    ASSERT_TRUE(address);
    EXPECT_TRUE(is_public(*address));
    EXPECT_TRUE(may_connect(*address, 443, {}));
}
INSTANTIATE_TEST_SUITE_P(, Public,
                         testing::Values("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1",
                                         "100.63.255.255", "100.128.0.1", "126.255.255.255",
                                         "128.0.0.1", "169.253.1.1", "172.15.255.255", "172.32.0.1",
                                         "192.0.1.1", "192.167.1.1", "198.17.255.255", "198.20.0.1",
                                         "223.255.255.255", "168.63.129.15", "168.63.129.17",
                                         "161.25.255.255", "161.27.0.0", "166.7.255.255",
                                         "166.12.0.0", "::ffff:1.1.1.1", "64:ff9b::8.8.8.8",
                                         "2002:808:808::1", "2606:4700:4700::1111",
                                         "2a00:1450:4001::1", "2001:4860:4860::8888"),
                         [](auto const& tested) { return name_of_text(tested.param); });

TEST(AnAddress, IsReadOnlyInItsPlainForm) {
    for (auto const* text : {"", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "1.2.3.4.5",
                             "fe80::1%eth0", "[::1]", "localhost", "1.2.3.4 "}) {
        EXPECT_FALSE(Address::read(text)) << text;
    }
    EXPECT_EQ(Address::read("192.0.2.1")->written(), "192.0.2.1");
    EXPECT_EQ(Address::read("2001:DB8:0::1")->written(), "2001:db8::1");
}

struct AllowedCase {
    std::string name;
    std::string network;
    std::string address;
    std::uint16_t port;
    bool allowed;
};
class AnAllowedNetwork : public testing::TestWithParam<AllowedCase> {};
TEST_P(AnAllowedNetwork, OpensExactlyItself) {
    auto const network = read_network(GetParam().network);
    ASSERT_TRUE(network) << network.error().detail;
    auto const address = Address::read(GetParam().address);
    ASSERT_TRUE(address);
    EXPECT_EQ(may_connect(*address, GetParam().port, {*network}), GetParam().allowed);
}
INSTANTIATE_TEST_SUITE_P(
    , AnAllowedNetwork,
    testing::Values(AllowedCase{"Inside", "10.0.0.0/8", "10.200.3.4", 443, true},
                    AllowedCase{"Outside", "10.0.0.0/8", "192.168.0.1", 443, false},
                    AllowedCase{"OddLength", "172.16.0.0/12", "172.31.0.1", 80, true},
                    AllowedCase{"JustOutside", "192.168.4.0/22", "192.168.8.1", 80, false},
                    AllowedCase{"OneAddress", "127.0.0.1", "127.0.0.1", 80, true},
                    AllowedCase{"TheNextAddress", "127.0.0.1", "127.0.0.2", 80, false},
                    AllowedCase{"ItsPort", "127.0.0.1/32:9000", "127.0.0.1", 9000, true},
                    AllowedCase{"AnotherPort", "127.0.0.1/32:9000", "127.0.0.1", 9001, false},
                    AllowedCase{"AnAddressWithPort", "127.0.0.1:9000", "127.0.0.1", 9000, true},
                    AllowedCase{"Mapped", "127.0.0.0/8", "::ffff:127.0.0.1", 80, true},
                    AllowedCase{"EverythingV4", "0.0.0.0/0", "10.0.0.1", 80, true},
                    AllowedCase{"EverythingV4IsNotV6", "0.0.0.0/0", "fd00::1", 80, false},
                    AllowedCase{"V6", "fd00::/8", "fd00:1::2", 80, true},
                    AllowedCase{"V6Alone", "::1", "::1", 80, true},
                    AllowedCase{"V6WithPort", "fd00::/8:8080", "fd00::1", 8080, true},
                    AllowedCase{"V6WithAnotherPort", "fd00::/8:8080", "fd00::1", 80, false},
                    AllowedCase{"V6InBrackets", "[::1]:9000", "::1", 9000, true}),
    [](auto const& tested) { return tested.param.name; });

TEST(ANetwork, ThatIsMalformedIsRefused) {
    for (auto const* text :
         {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0/8", "::/129", "127.0.0.1/32:0",
          "127.0.0.1/32:65536", "127.0.0.1/32:", "[::1", "[::1]x", "example.com", "10.0.0.0/8/8"}) {
        EXPECT_FALSE(read_network(text)) << text;
    }
}

}  // namespace
}  // namespace updraft::webpost
