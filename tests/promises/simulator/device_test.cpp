// The requests of a simulated device, step by step, with the answers of a scripted server.

#include <gtest/gtest.h>

#include "json/reader.h"
#include "simulator/device.h"

namespace updraft::simulator {
namespace {

constexpr std::string_view content = "0123456789abcdef";
constexpr std::string_view idle = R"({"config":{"polling":{"sleep":"00:00:30"}}})";

std::string poll_with(std::string const& link) {
    return R"({"config":{"polling":{"sleep":"00:00:30"}},"_links":{")" + link +
           R"(":{"href":"http://s/x/)" + link + R"("}}})";
}

std::string deployment(std::string const& id = "12", std::string sha256 = sha256_hex(content)) {
    return R"({"id":")" + id +
           R"(","deployment":{"download":"forced","update":"forced","chunks":[)" +
           R"({"part":"os","version":"2.0","name":"os","artifacts":[{"filename":"f.bin","size":16,)" +
           R"("hashes":{"sha1":"","md5":"","sha256":")" + sha256 +
           R"("},"_links":{"download-http":{"href":"http://s/f.bin"}}}]}]}})";
}

// A device and the server's answers, which a test provides.
class Course : public testing::Test {
protected:
    void SetUp() override {
        behaviour.install = Millis{2'000};
        last = device.begin(now);
    }

    // Moves the time to when the pending request is due, answers it, and takes the next one.
    void answer(std::string_view body, int status = 200, bool whole = true) {
        ASSERT_TRUE(last) << "the device asks no more";
        now = std::max(now, last->at);
        World world{behaviour, tally, chance, now, tell};
        Answer answer;
        answer.status = status;
        answer.body = body;
        answer.whole = whole;
        last = device.on_answer(answer, world);
    }
    void send_bytes(int status, std::string_view bytes, bool whole = true) {
        device.take(status, bytes);
        answer({}, status, whole);
    }
    // Answers from the poll until the request for the artifact is pending.
    void take_up(std::string const& id = "12", std::string const& sha256 = sha256_hex(content)) {
        answer(poll_with("deploymentBase"));
        answer(deployment(id, sha256));
        answer({});
        answer({});
    }
    // Answers from the end of the download until the closing report is pending. Returns the number
    // of progress reports.
    int install_until_closing() {
        answer({});
        auto reports = 0;
        while (execution() == "proceeding") {
            ++reports;
            answer({});
        }
        return reports;
    }

    [[nodiscard]] Request const& request() const { return last->request; }
    [[nodiscard]] std::string execution() const { return told("execution"); }
    [[nodiscard]] std::string finished() const { return told("finished"); }

    Behaviour behaviour;
    Tally tally;
    Chance chance{1};
    Instant now{1'000'000};
    std::function<void(std::string const&)> tell;
    Device device{{"dev 1", "TargetToken t", "1.0"}, "DEFAULT"};
    std::optional<Step> last;

private:
    [[nodiscard]] std::string told(std::string const& member) const {
        auto const document = json::read_object(last->request.body);
        if (!document) return "no report: " + last->request.target;
        auto const status = json::object_member(*document, "status");
        if (!status || *status == nullptr) return "no status";
        auto const* outer = *status;
        if (member == "finished") outer = *json::object_member(*outer, "result");
        return json::text_member(*outer, member)->value_or("");
    }
};

TEST_F(Course, PollsAtThePaceOfTheServer) {
    EXPECT_EQ(request().target, "/DEFAULT/controller/v1/dev%201");
    answer(idle);
    EXPECT_EQ(request().target, "/DEFAULT/controller/v1/dev%201");
    EXPECT_EQ(last->at, now + Millis{30'000});
    EXPECT_EQ(tally.polls, 1);
}

TEST_F(Course, PollsAtItsOwnPaceWhenToldTo) {
    behaviour.polling = Millis{2'000};
    answer(idle);
    EXPECT_EQ(last->at, now + Millis{2'000});
}

TEST_F(Course, ReportsItsVersionWhenAttributesAreWanted) {
    answer(poll_with("configData"));
    EXPECT_EQ(request().verb, Verb::put);
    EXPECT_EQ(request().target, "/DEFAULT/controller/v1/dev%201/configData");
    EXPECT_NE(request().body.find(R"("firmwareVersion":"1.0")"), std::string::npos);
    answer({});
    EXPECT_EQ(request().verb, Verb::get);
}

TEST_F(Course, InstallsWhatIsAnnouncedAndRunsIt) {
    answer(poll_with("deploymentBase"));
    EXPECT_EQ(request().target, "http://s/x/deploymentBase");
    answer(deployment());
    EXPECT_EQ(execution(), "download");
    answer({});
    EXPECT_EQ(request().verb, Verb::head);
    answer({});
    EXPECT_TRUE(request().download);
    EXPECT_EQ(request().target, "http://s/f.bin");
    send_bytes(200, content);
    EXPECT_EQ(execution(), "downloaded");
    EXPECT_EQ(install_until_closing(), 2);
    EXPECT_EQ(execution(), "closed");
    EXPECT_EQ(finished(), "success");
    answer({});
    EXPECT_EQ(request().verb, Verb::put);
    EXPECT_NE(request().body.find(R"("firmwareVersion":"2.0")"), std::string::npos);
    EXPECT_EQ(tally.succeeded, 1);
    EXPECT_EQ(tally.active, 0);
    EXPECT_TRUE(tally.unexpected.empty());
}

TEST_F(Course, TakesAsLongToInstallAsItWasToldTo) {
    take_up();
    auto const begun = now;
    send_bytes(200, content);
    install_until_closing();
    answer({});
    EXPECT_EQ(now - begun, Millis{2'000});
}

TEST_F(Course, ResumesACutDownloadWhereItWasCut) {
    behaviour.cut_rate = 1;
    take_up();
    EXPECT_EQ(request().break_off_after, 8);
    send_bytes(200, content.substr(0, 8), false);
    EXPECT_EQ(request().first_byte, 8);
    EXPECT_FALSE(request().break_off_after);
    send_bytes(206, content.substr(8));
    EXPECT_EQ(execution(), "downloaded");
    EXPECT_EQ(tally.resumed, 1);
}

TEST_F(Course, BeginsAgainWhenTheServerSendsTheWholeFile) {
    take_up();
    send_bytes(200, content.substr(0, 5), false);
    EXPECT_EQ(request().first_byte, 5);
    send_bytes(200, content);
    EXPECT_EQ(execution(), "downloaded");
}

TEST_F(Course, RefusesBytesThatAreNotThoseAnnounced) {
    take_up("12", sha256_hex("something else"));
    send_bytes(200, content);
    EXPECT_EQ(execution(), "closed");
    EXPECT_EQ(finished(), "failure");
    EXPECT_EQ(tally.unexpected.size(), 1U);
}

struct FateCase {
    std::string name;
    double Behaviour::*rate;
    std::string execution;
    std::string finished;
};
class Fate : public Course, public testing::WithParamInterface<FateCase> {};
TEST_P(Fate, EndsAsItsBehaviourSays) {
    behaviour.*GetParam().rate = 1;
    answer(poll_with("deploymentBase"));
    answer(deployment());
    while (execution() != "closed" && execution() != "rejected") {
        if (request().download) {
            send_bytes(200, content);
        } else {
            answer({});
        }
    }
    EXPECT_EQ(execution(), GetParam().execution);
    EXPECT_EQ(finished(), GetParam().finished);
    answer({});
    EXPECT_EQ(tally.failed, 1);
    EXPECT_EQ(tally.active, 0);
    EXPECT_TRUE(tally.unexpected.empty());
}
INSTANTIATE_TEST_SUITE_P(
    , Fate,
    testing::Values(FateCase{"Fails", &Behaviour::failure_rate, "closed", "failure"},
                    FateCase{"FindsAWrongHash", &Behaviour::wrong_hash_rate, "closed", "failure"},
                    FateCase{"Rejects", &Behaviour::rejection_rate, "rejected", "none"}),
    [](auto const& tested) { return tested.param.name; });

TEST_F(Course, FallsSilentForGood) {
    behaviour.silence_rate = 1;
    take_up();
    send_bytes(200, content);
    while (last) answer({});
    EXPECT_EQ(tally.silent, 1);
    EXPECT_EQ(tally.active, 0);
}

TEST_F(Course, FallsBackAfterSuccess) {
    behaviour.fallback_rate = 1;
    take_up();
    send_bytes(200, content);
    install_until_closing();
    answer({});  // To the closing report.
    answer({});  // To the report of the new version.
    answer(idle);
    answer(idle);
    EXPECT_EQ(request().verb, Verb::put);
    EXPECT_NE(request().body.find(R"("firmwareVersion":"1.0")"), std::string::npos);
    EXPECT_EQ(tally.fell_back, 1);
}

TEST_F(Course, FailsAsLateAsItsBadBuildSays) {
    behaviour.polling = Millis{60'000};
    behaviour.bad_builds = {{.version = "2.0", .ending = {Outcome::failure, Millis{90'000}}}};
    take_up();
    auto const begun = now;
    send_bytes(200, content);
    while (execution() != "closed") answer(request().verb == Verb::get ? idle : "{}");
    EXPECT_EQ(finished(), "failure");
    EXPECT_EQ(last->at - begun, Millis{90'000});
}

TEST_F(Course, VanishesSomeTimeAfterItsSuccess) {
    behaviour.bad_builds = {{.version = "2.0", .ending = {Outcome::silence, Millis{70'000}}}};
    take_up();
    send_bytes(200, content);
    install_until_closing();
    answer({});  // To the closing report.
    auto const succeeded = now;
    answer({});  // To the report of the new version.
    while (last) answer(idle);
    EXPECT_EQ(tally.succeeded, 1);
    EXPECT_EQ(tally.silent, 1);
    EXPECT_LT(now - succeeded, Millis{70'000});
    EXPECT_GE(tally.polls, 3);
}

TEST_F(Course, FallsBackAtTheTimeOfItsBadBuild) {
    behaviour.bad_builds = {{.version = "2.0", .ending = {Outcome::fallback, Millis{100'000}}}};
    take_up();
    send_bytes(200, content);
    install_until_closing();
    answer({});
    auto const succeeded = now;
    answer({});
    while (request().verb == Verb::get) answer(idle);
    EXPECT_GE(now - succeeded, Millis{100'000});
    EXPECT_NE(request().body.find(R"("firmwareVersion":"1.0")"), std::string::npos);
    EXPECT_EQ(tally.fell_back, 1);
}

TEST_F(Course, ReportsADownloadThatBreaksOff) {
    behaviour.bad_builds = {{.version = "2.0", .ending = {Outcome::broken_off}}};
    take_up();
    EXPECT_EQ(request().break_off_after, 8);
    send_bytes(200, content.substr(0, 8), false);
    EXPECT_EQ(execution(), "closed");
    EXPECT_EQ(finished(), "failure");
    EXPECT_NE(request().body.find("download failed"), std::string::npos);
}

TEST_F(Course, StallsUntilTheServerEndsTheUpgradeAndThenTakesUpAnother) {
    behaviour.bad_builds = {{.version = "2.0", .ending = {Outcome::stall}}};
    take_up();
    send_bytes(200, content.substr(0, 8), false);
    auto const same = R"({"config":{"polling":{"sleep":"00:00:30"}},"_links":{"deploymentBase":)"
                      R"({"href":"http://s/x/deploymentBase/12?c=1"}}})";
    for (auto i = 0; i < 3; ++i) {
        EXPECT_EQ(request().target, "/DEFAULT/controller/v1/dev%201");
        answer(same);
    }
    EXPECT_EQ(tally.active, 1);
    answer(idle);
    EXPECT_EQ(tally.active, 0);
    EXPECT_EQ(tally.dropped, 1);
    take_up("13");
    EXPECT_TRUE(request().download);
    EXPECT_TRUE(tally.unexpected.empty());
}

TEST_F(Course, ReportsTheAttributesOfItsFleet) {
    behaviour.attributes = {{"hwRevision", {"B"}}, {"region", {"eu"}}};
    answer(poll_with("configData"));
    EXPECT_NE(request().body.find(R"("hwRevision":"B","region":"eu")"), std::string::npos);
}

TEST_F(Course, PollsWhileItInstallsAndStopsWhenAsked) {
    behaviour.polling = Millis{500};
    take_up();
    send_bytes(200, content);
    answer({});
    while (execution() == "proceeding") answer({});
    EXPECT_EQ(request().target, "/DEFAULT/controller/v1/dev%201");
    answer(poll_with("cancelAction"));
    EXPECT_EQ(request().target, "http://s/x/cancelAction");
    answer(R"({"id":"12","cancelAction":{"stopId":"12"}})");
    EXPECT_EQ(request().target, "/DEFAULT/controller/v1/dev%201/cancelAction/12/feedback");
    EXPECT_EQ(execution(), "closed");
    answer({});
    EXPECT_EQ(tally.cancelled, 1);
    EXPECT_EQ(tally.active, 0);
    EXPECT_EQ(request().verb, Verb::get);
}

TEST_F(Course, GoesOnWhenItRefusesACancel) {
    behaviour.polling = Millis{500};
    behaviour.cancel_refusal_rate = 1;
    take_up();
    send_bytes(200, content);
    answer({});
    while (execution() == "proceeding") answer({});
    answer(poll_with("cancelAction"));
    answer(R"({"id":"12","cancelAction":{"stopId":"12"}})");
    EXPECT_EQ(execution(), "rejected");
    answer({});
    EXPECT_EQ(tally.cancelled, 0);
    EXPECT_EQ(tally.active, 1);
}

TEST_F(Course, AsksTheSameAgainWhenNoAnswerComes) {
    answer(poll_with("deploymentBase"));
    auto const before = request().target;
    answer({}, 0, false);
    EXPECT_EQ(request().target, before);
    EXPECT_EQ(last->at, now + Millis{500});
    answer({}, 503);
    EXPECT_EQ(last->at, now + Millis{1'000});
    EXPECT_EQ(tally.unanswered, 2);
    EXPECT_TRUE(tally.unexpected.empty());
}

TEST_F(Course, GivesUpAnUpgradeThatTheServerEnded) {
    take_up();
    send_bytes(200, content);
    answer({}, 410);
    EXPECT_EQ(tally.dropped, 1);
    EXPECT_EQ(tally.active, 0);
    EXPECT_TRUE(tally.unexpected.empty());
}

TEST_F(Course, TakesAClosingReportAsHeardWhenOnlyTheAnswerWasLost) {
    take_up();
    send_bytes(200, content);
    install_until_closing();
    answer({}, 0, false);
    answer({}, 410);
    EXPECT_EQ(tally.succeeded, 1);
}

TEST_F(Course, RunsWhatItInstalledAlthoughTheServerEndedTheUpgrade) {
    take_up();
    send_bytes(200, content);
    install_until_closing();
    answer({}, 410);
    EXPECT_EQ(tally.dropped, 1);
    EXPECT_EQ(tally.succeeded, 0);
    EXPECT_EQ(request().verb, Verb::put);
    EXPECT_NE(request().body.find(R"("firmwareVersion":"2.0")"), std::string::npos);
}

struct OddCase {
    std::string name;
    std::string body;
    int status;
};
class OddPoll : public Course, public testing::WithParamInterface<OddCase> {};
TEST_P(OddPoll, IsCountedAndTheDevicePollsOn) {
    answer(GetParam().body, GetParam().status);
    EXPECT_EQ(tally.unexpected.size(), 1U);
    EXPECT_EQ(request().target, "/DEFAULT/controller/v1/dev%201");
    EXPECT_GT(last->at, now);
}
INSTANTIATE_TEST_SUITE_P(, OddPoll,
                         testing::Values(OddCase{"NotJson", "<html>", 200},
                                         OddCase{"NoSleep", R"({"config":{}})", 200},
                                         OddCase{"Created", "{}", 201},
                                         OddCase{"NotFound", "{}", 404},
                                         OddCase{"BadRequest", "{}", 400}),
                         [](auto const& tested) { return tested.param.name; });

TEST_F(Course, CountsARefusedCredentialApart) {
    answer({}, 401);
    EXPECT_EQ(tally.refused, 1);
    EXPECT_TRUE(tally.unexpected.empty());
}

}  // namespace
}  // namespace updraft::simulator
