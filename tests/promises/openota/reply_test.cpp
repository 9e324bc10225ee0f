#include "openota/reply.h"

#include <gtest/gtest.h>

#include "push/outbox.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"
#include "stage/sequence_id_source.h"

namespace updraft::openota {
namespace {

struct CodeCase {
    Errc errc;
    int code;
    int http_status;
};
class Refusing : public testing::TestWithParam<CodeCase> {};
TEST_P(Refusing, SaysTheCodeOfTheContract) {
    auto const refusal = refusal_of(GetParam().errc);
    EXPECT_EQ(refusal.code, GetParam().code);
    EXPECT_EQ(refusal.http_status, GetParam().http_status);
}
INSTANTIATE_TEST_SUITE_P(
    , Refusing,
    testing::Values(
        CodeCase{Errc::invalid, 302, 200}, CodeCase{Errc::wrong_user, 403, 200},
        CodeCase{Errc::not_bound, 604, 200}, CodeCase{Errc::app_unknown, 801, 200},
        CodeCase{Errc::app_forbidden, 802, 200}, CodeCase{Errc::token_invalid, 805, 200},
        CodeCase{Errc::token_expired, 806, 200}, CodeCase{Errc::refresh_invalid, 807, 200},
        CodeCase{Errc::refresh_expired, 808, 200}, CodeCase{Errc::nothing_to_upgrade, 901, 200},
        CodeCase{Errc::not_upgradable, 912, 200}, CodeCase{Errc::too_many, 104, 429},
        CodeCase{Errc::busy, 104, 503}, CodeCase{Errc::unavailable, 104, 503},
        CodeCase{Errc::forbidden, 403, 200}, CodeCase{Errc::corrupt, 500, 500},
        CodeCase{Errc::internal, 500, 500}));

struct TroubleCase {
    int http_status;
    int code;
    bool closes;
};
class Troubled : public testing::TestWithParam<TroubleCase> {};
TEST_P(Troubled, KeepsTheStatusInTheEnvelope) {
    http::Trouble found{.status = GetParam().http_status, .detail = "why", .request_id = "r"};
    found.fields.emplace_back("Allow", "POST");
    auto const reply = trouble(found);
    EXPECT_EQ(reply.status, GetParam().http_status);
    EXPECT_EQ(std::get<std::string>(reply.body),
              "{\"code\":" + std::to_string(GetParam().code) + ",\"result\":\"why\"}");
    EXPECT_EQ(reply.close, GetParam().closes);
    EXPECT_EQ(reply.fields, found.fields);
}
INSTANTIATE_TEST_SUITE_P(, Troubled,
                         testing::Values(TroubleCase{400, 302, true}, TroubleCase{404, 301, false},
                                         TroubleCase{405, 304, false}, TroubleCase{408, 302, true},
                                         TroubleCase{413, 302, true}, TroubleCase{415, 302, true},
                                         TroubleCase{429, 104, false}, TroubleCase{431, 302, true},
                                         TroubleCase{500, 500, false},
                                         TroubleCase{503, 104, false}));

class Failing : public testing::Test {
protected:
    http::Reply answer(Error const& error) {
        http::Request request;
        request.request_id = "req-7";
        return failure(context, request, error);
    }
    static std::string body(http::Reply const& reply) { return std::get<std::string>(reply.body); }

    stage::ManualClock clock;
    stage::SequenceIdSource id_source;
    stage::ScratchStore store = stage::open_store();
    upgrade::Limits limits;
    push::Outbox outbox{id_source, {}};
    upgrade::Means means{.limits = limits, .id_source = id_source, .listener = outbox};
    access::Rate rate{0, 0};
    access::Guessing guessing;
    std::vector<std::string> heard;
    Context context{.store = *store,
                    .clock = clock,
                    .id_source = id_source,
                    .means = means,
                    .rate = rate,
                    .guessing = guessing,
                    .settings = {},
                    .trouble = [this](std::string_view request_id, Error const& error) {
                        heard.push_back(std::string(request_id) + ": " + error.detail);
                    }};
};

TEST_F(Failing, NamesTheCallersFaultAndTellsNobodyElse) {
    auto const reply = answer({Errc::invalid, "did is missing"});
    EXPECT_EQ(body(reply), R"({"code":302,"result":"did is missing"})");
    EXPECT_TRUE(heard.empty());
}

TEST_F(Failing, KeepsWhatTheDatabaseSaysOfTheCallersFaultToTheLog) {
    auto const reply =
        answer({Errc::invalid, "PostgreSQL: invalid byte sequence (22021) in: INSERT",
                "a text is not UTF-8"});
    EXPECT_EQ(body(reply), R"({"code":302,"result":"a text is not UTF-8"})");
    EXPECT_EQ(heard, std::vector<std::string>{
                         "req-7: PostgreSQL: invalid byte sequence (22021) in: INSERT"});
}

TEST_F(Failing, KeepsOurFaultsDetailsToTheLog) {
    auto const reply = answer({Errc::corrupt, "/var/lib/updraft.db is malformed"});
    EXPECT_EQ(reply.status, 500);
    EXPECT_EQ(
        body(reply),
        R"({"code":500,"result":"internal error: our log says more under request id req-7"})");
    EXPECT_EQ(heard, std::vector<std::string>{"req-7: /var/lib/updraft.db is malformed"});
}

TEST_F(Failing, OfTheStoreAsksToTryAgain) {
    auto const reply = answer({Errc::unavailable, "disk full"});
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(body(reply), R"({"code":104,"result":"busy: please try again"})");
    EXPECT_EQ(reply.fields.front(), (std::pair<std::string, std::string>{"Retry-After", "1"}));
}

// The answers that are delayed when there were many of them.
struct GuessCase {
    Errc code;
    bool slowed;
};
class Guess : public Failing, public testing::WithParamInterface<GuessCase> {};

TEST_P(Guess, IsSlowedWhenThereWereMany) {
    Error const error{GetParam().code, "no"};
    for (int i = 0; i < 100; ++i) static_cast<void>(answer(error));
    EXPECT_EQ(answer(error).delay.count() > 0, GetParam().slowed);
}
INSTANTIATE_TEST_SUITE_P(
    , Guess,
    testing::Values(GuessCase{Errc::app_unknown, true}, GuessCase{Errc::token_invalid, true},
                    GuessCase{Errc::refresh_invalid, true}, GuessCase{Errc::not_bound, true},
                    GuessCase{Errc::token_expired, false}, GuessCase{Errc::refresh_expired, false},
                    GuessCase{Errc::invalid, false}, GuessCase{Errc::too_many, false},
                    GuessCase{Errc::wrong_user, false}, GuessCase{Errc::nothing_to_upgrade, false},
                    GuessCase{Errc::unavailable, false}));

TEST(Success, IsCodeZeroBeforeTheResult) {
    EXPECT_EQ(std::get<std::string>(success("[]").body), R"({"code":0,"result":[]})");
    EXPECT_EQ(std::get<std::string>(success_text("a\"b").body), R"({"code":0,"result":"a\"b"})");
}

}  // namespace
}  // namespace updraft::openota
