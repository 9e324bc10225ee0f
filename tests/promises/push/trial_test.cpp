#include "push/trial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/reader.h"
#include "stage/manual_clock.h"
#include "stage/scripted_http_client.h"
#include "stage/sequence_id_source.h"

namespace updraft::push {
namespace {

using stage::ScriptedHttpClient;
using testing::Contains;
using testing::Key;
using testing::Not;

struct ExampleCase {
    std::string name;
    MsgType type;
    std::string body;
};
class AnExample : public testing::TestWithParam<ExampleCase> {};
TEST_P(AnExample, HasTheMembersOfARealMessage) {
    EXPECT_EQ(example_body(GetParam().type, stage::noon), GetParam().body);
}
INSTANTIATE_TEST_SUITE_P(
    , AnExample,
    testing::Values(ExampleCase{"Progress", MsgType::progress,
                                R"({"msgType":"ota_upgrade_progress","did":"example",)"
                                R"("firmwareVersion":"1.1.0","progress":42})"},
                    ExampleCase{"Result", MsgType::result,
                                R"({"msgType":"ota_upgrade_result","did":"example",)"
                                R"("firmwareVersion":"1.1.0","upgradeResult":"1"})"},
                    ExampleCase{
                        "NewFirmware", MsgType::new_firmware,
                        R"({"msgType":"ota_new_firmware","did":"example","name":"Example device",)"
                        R"("deviceModel":"example-model","firmwareVersion":"1.0.0",)"
                        R"("upgradeFirmware":{"firmwareVersion":"1.1.0","fileSize":"1048576",)"
                        R"("updateLog":"An example. No such firmware exists.",)"
                        R"("releaseDate":")" +
                            rfc3339(stage::noon).substr(0, 10) + R"("}})"},
                    ExampleCase{"Withdrawn", MsgType::withdrawn,
                                R"({"msgType":"ota_firmware_withdrawn","did":"example",)"
                                R"("firmwareVersion":"1.1.0"})"}),
    [](auto const& tested) { return tested.param.name; });

class ATrial : public testing::Test {
protected:
    ATrial() {
        app_.appid = {"app-1"};
        app_.push_url = "https://app.example/push";
        app_.appkey = {"the-appkey"};
        app_.push_secret = {"whsec_c2VjcmV0"};
    }

    Trial trial(Opener open = [](access::Sealed const& sealed) -> Result<Secret> {
        return Secret(sealed.base64);
    }) {
        return {http_client_, id_source_, std::move(open),
                Trial::Settings{.timeout = Millis{1'234},
                                .trouble = [this](AppId const&, std::string_view,
                                                  std::string_view what) { troubles_ += what; }}};
    }
    void send(MsgType type) {
        trial().send(app_, type, stage::noon, [this](auto attempt) { got_ = std::move(attempt); });
    }

    ScriptedHttpClient http_client_;
    stage::SequenceIdSource id_source_;
    access::App app_;
    std::optional<Result<Attempt>> got_;
    std::string troubles_;
};

TEST_F(ATrial, IsPostedAtOnceWithTheHeadersOfARealMessage) {
    send(MsgType::result);
    auto const posted = http_client_.posted();
    ASSERT_EQ(posted.size(), 1U);
    EXPECT_EQ(posted.front().url, "https://app.example/push");
    EXPECT_EQ(posted.front().timeout, Millis{1'234});
    for (auto const* name : {"Appid", "Appkey", "webhook-id", "webhook-timestamp",
                             "webhook-signature", "updraft-event-time", "updraft-order-id"}) {
        EXPECT_THAT(posted.front().headers, Contains(Key(name)));
    }
    send(MsgType::new_firmware);
    EXPECT_THAT(http_client_.posted().back().headers, Not(Contains(Key("updraft-order-id"))));
}

TEST_F(ATrial, TellsTheAnswerAsAnAttempt) {
    send(MsgType::result);
    auto refused = ScriptedHttpClient::says(503, "closed");
    refused.duration = Millis{17};
    EXPECT_TRUE(http_client_.answer("example", refused));
    EXPECT_EQ(got_->value(), (Attempt{.at = stage::noon,
                                      .status = 503,
                                      .duration_ms = 17,
                                      .answer = "closed",
                                      .fault = AttemptFault::status}));
    send(MsgType::result);
    http_client_.deliver();
    EXPECT_EQ(got_->value().fault, std::nullopt);
}

TEST_F(ATrial, WithoutAnAnswerTellsAWordAndTheLogTheRest) {
    send(MsgType::progress);
    auto lost = ScriptedHttpClient::lost("connection to db.inside refused");
    lost.fault = PostFault::connect;
    EXPECT_TRUE(http_client_.answer("example", lost));
    EXPECT_EQ(got_->value().fault, AttemptFault::connect);
    EXPECT_EQ(got_->value().answer, "");
    EXPECT_EQ(troubles_, "connection to db.inside refused");
}

TEST_F(ATrial, OfAnAppWhoseKeysCannotBeOpenedIsNotPosted) {
    trial([](access::Sealed const&) -> Result<Secret> {
        return fail(Errc::corrupt, "cannot be opened");
    }).send(app_, MsgType::result, stage::noon, [this](auto attempt) {
        got_ = std::move(attempt);
    });
    EXPECT_EQ(got_->error().code, Errc::corrupt);
    EXPECT_TRUE(http_client_.posted().empty());
}

}  // namespace
}  // namespace updraft::push
