#include "admin/answer.h"

#include <gtest/gtest.h>

#include "admin/problem.h"
#include "json/reader.h"
#include "text/base64.h"

namespace updraft::admin {
namespace {

TEST(Problem, TellsNothingFromInside) {
    auto const reply = problem(
        {Errc::conflict, "PostgreSQL: duplicate key (23505) in: INSERT", "it exists already"});
    EXPECT_EQ(reply.status, 409);
    EXPECT_EQ(std::get<std::string>(reply.body),
              R"({"type":"about:blank","title":"Conflict","status":409,)"
              R"("detail":"it exists already"})");
}

Result<PageAsk> ask_of(std::string const& query) {
    http::Request request;
    request.query = query;
    return read_page_ask(request, "devices");
}

TEST(Page, IsOfFiftyUnlessAskedOtherwise) {
    auto const ask = ask_of("").value();
    EXPECT_EQ(ask.limit, 50);
    EXPECT_EQ(ask.after, std::nullopt);
}

TEST(Page, TakesLimitsFromOneToFiveHundred) {
    EXPECT_EQ(ask_of("limit=1").value().limit, 1);
    EXPECT_EQ(ask_of("limit=500").value().limit, 500);
}

TEST(Page, GoesOnWhereTheLastOneEnded) {
    auto const cursor = written_cursor("devices", "lamp \xE2\x82\xAC?&");
    EXPECT_EQ(cursor.find_first_of("+/=&? "), std::string::npos);
    EXPECT_EQ(ask_of("cursor=" + cursor).value().after, "lamp \xE2\x82\xAC?&");
}

struct BadAsk {
    std::string name;
    std::string query;
    std::string field;
};
class PageAsked : public testing::TestWithParam<BadAsk> {};
TEST_P(PageAsked, IsRefusedNamingTheParameter) {
    auto const ask = ask_of(GetParam().query);
    ASSERT_FALSE(ask);
    EXPECT_EQ(ask.error().code, Errc::invalid);
    EXPECT_TRUE(ask.error().detail.starts_with(GetParam().field)) << ask.error().detail;
}
INSTANTIATE_TEST_SUITE_P(
    , PageAsked,
    testing::Values(
        BadAsk{"LimitZero", "limit=0", "limit"}, BadAsk{"LimitBelow", "limit=-1", "limit"},
        BadAsk{"LimitAbove", "limit=501", "limit"}, BadAsk{"LimitEmpty", "limit=", "limit"},
        BadAsk{"LimitText", "limit=ten", "limit"}, BadAsk{"LimitWithTail", "limit=10x", "limit"},
        BadAsk{"LimitHuge", "limit=99999999999999999999", "limit"},
        BadAsk{"CursorNonsense", "cursor=%21%21", "cursor"},
        BadAsk{"CursorOfAnotherList", "cursor=" + written_cursor("apps", "x"), "cursor"},
        BadAsk{"CursorTooLong", "cursor=" + std::string(2000, 'A'), "cursor"},
        BadAsk{"CursorUnsigned", "cursor=" + text::base64("x", text::Base64::url_safe), "cursor"}),
    [](auto const& tested) { return tested.param.name; });

TEST(Problem, IsADocumentOfRfc9457) {
    auto const reply = problem(Error{Errc::invalid, "did must not be \"empty\""});
    EXPECT_EQ(reply.status, 422);
    EXPECT_EQ(reply.content_type, "application/problem+json");
    auto const body = json::read_object(std::get<std::string>(reply.body)).value();
    EXPECT_EQ(*(*body.find("detail"))->string(), "did must not be \"empty\"");
    EXPECT_EQ((*body.find("status"))->number()->digits, "422");
}

TEST(Problem, TellsAnUnknownCallerFromOneThatMayNot) {
    EXPECT_EQ(status_of(Errc::unauthorized), 401);
    EXPECT_EQ(status_of(Errc::forbidden), 403);
}

TEST(Problem, AsksForATokenOrToComeBack) {
    EXPECT_EQ(problem(401, "").fields.front().first, "WWW-Authenticate");
    EXPECT_EQ(problem(503, "").fields.front().first, "Retry-After");
}

TEST(AbsentValues, AreNull) {
    std::string text;
    json::Writer writer(text);
    writer.object();
    text_or_null(writer, "a", "");
    text_or_null(writer, "b", "x");
    time_member(writer, "c", std::nullopt);
    time_member(writer, "d", Instant{1});
    name_or_null(writer, "e", std::optional<Did>{});
    writer.end();
    EXPECT_EQ(text, R"({"a":null,"b":"x","c":null,"d":"1970-01-01T00:00:00.001Z","e":null})");
}

}  // namespace
}  // namespace updraft::admin
