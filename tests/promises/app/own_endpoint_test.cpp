#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/commands/health_command.h"

namespace updraft::app {
namespace {

struct ListenCase {
    std::string listen;
    std::string url;
};
class OwnEndpoint : public testing::TestWithParam<ListenCase> {};
TEST_P(OwnEndpoint, IsTheFirstListenerAsThisMachineReachesIt) {
    Settings settings;
    settings.server.listen = {*read_endpoint(GetParam().listen), *read_endpoint("127.0.0.1:1")};
    EXPECT_EQ(own_endpoint(settings).value().url, GetParam().url);
}
INSTANTIATE_TEST_SUITE_P(, OwnEndpoint,
                         testing::Values(ListenCase{"127.0.0.1:8080", "http://127.0.0.1:8080"},
                                         ListenCase{"0.0.0.0:80", "http://127.0.0.1:80"},
                                         ListenCase{"192.0.2.1:8080", "http://192.0.2.1:8080"},
                                         ListenCase{"[::]:8080", "http://[::1]:8080"},
                                         ListenCase{"[fd00::1]:8080", "http://[fd00::1]:8080"}));

TEST(OwnEndpoints, WithPort0AreNotKnown) {
    Settings settings;
    settings.server.listen = {*read_endpoint("127.0.0.1:0")};
    EXPECT_THAT(own_endpoint(settings).error().detail, testing::HasSubstr("port 0"));
}

TEST(OwnEndpoints, WithACertificateThatCannotBeReadAreRefused) {
    Settings settings;
    settings.server.listen = {*read_endpoint("127.0.0.1:1")};
    settings.tls.cert = "/nowhere/cert.pem";
    EXPECT_THAT(own_endpoint(settings).error().detail, testing::HasSubstr("/nowhere/cert.pem"));
}

}  // namespace
}  // namespace updraft::app
