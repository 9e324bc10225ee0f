#include "push/signature.h"

#include <gtest/gtest.h>

namespace updraft::push {
namespace {

// The example of the Standard Webhooks specification.
Secret const published{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
WebhookId const id{"msg_p5jXN8AQM9LWM0D4loKWxJek"};
constexpr Instant at{1'614'265'330'999};
constexpr std::string_view body = R"({"test": 2432232314})";

TEST(Signature, IsWhatStandardWebhooksPublishes) {
    EXPECT_EQ(*sign({published}, id, at, body), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Signature, IsThereForEachSecretInGrace) {
    Secret const old{"whsec_c2VjcmV0"};
    auto const both = *sign({published, old}, id, at, body);
    EXPECT_EQ(both, *sign({published}, id, at, body) + " " + *sign({old}, id, at, body));
}

TEST(Signature, CoversIdTimeAndBody) {
    auto const signature = *sign({published}, id, at, body);
    EXPECT_NE(*sign({published}, {"msg_other"}, at, body), signature);
    EXPECT_NE(*sign({published}, id, at + Millis{1}, body), signature);
    EXPECT_NE(*sign({published}, id, at, "{}"), signature);
}

TEST(Signature, RefusesSecretsThatAreNone) {
    for (auto const* text : {"", "whsec_", "whsec_!!!!", "whsec_abc", "MfKQ9r8GKYqrTwjUPD8ILPZI"}) {
        auto const signature = sign({Secret(text)}, id, at, body);
        ASSERT_FALSE(signature) << text;
        EXPECT_EQ(signature.error().code, Errc::corrupt);
    }
}

}  // namespace
}  // namespace updraft::push
