// What the demo's receiver answers and prints. The signature is the example of the Standard
// Webhooks specification.

#include "simulator/reception.h"

#include <gtest/gtest.h>

#include <map>

namespace updraft::simulator {
namespace {

TEST(Signature, IsThatOfStandardWebhooks) {
    Secret const secret{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
    std::string_view const body = R"({"test": 2432232314})";
    EXPECT_TRUE(signed_with(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body,
                            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    EXPECT_TRUE(signed_with(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body,
                            "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    EXPECT_FALSE(signed_with(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265331", body,
                             "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    EXPECT_FALSE(signed_with(Secret{"MfKQ9r8G"}, "a", "1", body, ""));
}

TEST(Receiver, RefusesWhatIsNotSigned) {
    Field const nothing = [](std::string_view) { return std::nullopt; };
    EXPECT_EQ(receive(nothing, R"({"msgType":"x"})", Secret{"whsec_AAAA"}).status, 401);
    Field const wrong = [](std::string_view) -> std::optional<std::string_view> { return "1"; };
    EXPECT_EQ(receive(wrong, R"({"msgType":"x"})", Secret{"whsec_AAAA"}).status, 401);
}

}  // namespace
}  // namespace updraft::simulator
