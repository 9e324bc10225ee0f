#include "cli/endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace updraft::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

struct PlaceCase {
    std::string url;
    bool loopback;
    bool takes_token;  // Without --insecure-http.
};
class TokenPlace : public testing::TestWithParam<PlaceCase> {};
TEST_P(TokenPlace, IsThisMachineOrEncrypted) {
    EXPECT_EQ(is_loopback(GetParam().url), GetParam().loopback);
    Endpoint endpoint{.url = GetParam().url, .token = Secret("t0ken")};
    auto const allowed = may_take_token(endpoint);
    EXPECT_EQ(allowed.has_value(), GetParam().takes_token);
    if (allowed) return;
    EXPECT_THAT(allowed.error().detail, HasSubstr("--insecure-http"));
    EXPECT_THAT(allowed.error().detail, Not(HasSubstr("t0ken")));
    endpoint.insecure_http = true;
    EXPECT_TRUE(may_take_token(endpoint));
    endpoint = {.url = GetParam().url};
    EXPECT_TRUE(may_take_token(endpoint)) << "there is no token";
}
INSTANTIATE_TEST_SUITE_P(, TokenPlace,
                         testing::Values(PlaceCase{"http://127.0.0.1:8080", true, true},
                                         PlaceCase{"http://127.9.8.7", true, true},
                                         PlaceCase{"http://127.1", true, true},
                                         PlaceCase{"http://localhost:8080", true, true},
                                         PlaceCase{"http://LOCALHOST", true, true},
                                         PlaceCase{"http://[::1]:8080", true, true},
                                         PlaceCase{"https://localhost", true, true},
                                         PlaceCase{"https://updraft.example", false, true},
                                         PlaceCase{"HTTPS://updraft.example", false, true},
                                         PlaceCase{"http://updraft.example", false, false},
                                         PlaceCase{"HTTP://updraft.example", false, false},
                                         PlaceCase{"updraft.example:8080", false, false},
                                         PlaceCase{"http://128.0.0.1", false, false},
                                         PlaceCase{"http://[::2]", false, false},
                                         PlaceCase{"http://127.0.0.1.example", false, false},
                                         PlaceCase{"http://localhost.example", false, false},
                                         PlaceCase{"http://127.0.0.1@evil.example", false, false},
                                         PlaceCase{"http://evil.example#127.0.0.1", false, false}));

TEST(TokenPlaces, ThatAreNoUrlAreRefused) {
    EXPECT_EQ(may_take_token({.url = "http://"}).error().code, Errc::invalid);
    EXPECT_FALSE(is_loopback("http://"));
}

}  // namespace
}  // namespace updraft::cli
