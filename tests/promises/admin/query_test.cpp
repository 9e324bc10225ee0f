// Query strings of operators' calls: what each call takes, and what is refused.
#include "admin/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "admin/answer.h"
#include "admin/openapi.h"
#include "json/reader.h"

namespace updraft::admin {
namespace {

using testing::HasSubstr;

struct QueryCase {
    std::string name;
    std::string operation;
    std::string query;
    std::string refused_with;  // Empty: it is accepted.
};
class QueryStrings : public testing::TestWithParam<QueryCase> {};

TEST_P(QueryStrings, AreReadStrictly) {
    auto const& tested = GetParam();
    auto const checked = check_query(tested.query, parameters_of(tested.operation));
    if (tested.refused_with.empty()) {
        EXPECT_TRUE(checked) << checked.error().detail;
    } else {
        ASSERT_FALSE(checked);
        EXPECT_EQ(checked.error().code, Errc::invalid);
        EXPECT_THAT(checked.error().detail, HasSubstr(tested.refused_with));
    }
}
INSTANTIATE_TEST_SUITE_P(
    , QueryStrings,
    testing::Values(
        QueryCase{"None", "listDevices", "", ""}, QueryCase{"NoneOfAnObject", "showDevice", "", ""},
        QueryCase{"SeveralFilters", "listDevices", "model=a&seen=late&active=false&limit=500", ""},
        QueryCase{"Unknown", "listDevices", "colour=red",
                  "colour is not a parameter of this call; it takes model, openId, "},
        QueryCase{"AnotherCalls", "listDevices", "state=queued", "state is not a parameter"},
        QueryCase{"OtherCase", "listDevices", "Model=a", "Model is not a parameter"},
        QueryCase{"OfACallWithoutAny", "putDevice", "model=a",
                  "model is not a parameter of this call, which takes none"},
        QueryCase{"Nameless", "listDevices", "=a", "a parameter has no name"},
        QueryCase{"NothingBetween", "listDevices", "model=a&&limit=1", "has no name"},
        QueryCase{"Twice", "listDevices", "model=a&model=a", "model is given twice"},
        QueryCase{"TwiceInTwoSpellings", "listDevices", "model=a&%6dodel=b",
                  "model is given twice"},
        QueryCase{"Empty", "listDevices", "model=", "model must not be empty"},
        QueryCase{"WithoutValue", "listDevices", "limit=1&model", "model must not be empty"},
        QueryCase{"EmptyCursor", "listApps", "cursor=", "cursor must not be empty"},
        QueryCase{"BrokenEscape", "listDevices", "model=%4", "model cannot be decoded"},
        QueryCase{"ZeroByte", "listDevices", "model=a%00", "model cannot be decoded"},
        QueryCase{"NotUtf8", "listDevices", "model=%FF", "model cannot be decoded"},
        QueryCase{"NameNotUtf8", "listDevices", "%FF=a", "the name of a parameter"},
        QueryCase{"WordOutside", "listFirmware", "state=gone",
                  "state must be draft, released or withdrawn"},
        QueryCase{"WordOfOtherCase", "listUpgrades", "state=Queued", "state must be queued, "},
        QueryCase{"CauseWithDetail", "listUpgrades", "cause=timeout%3A+x",
                  "cause must be timeout, "},
        QueryCase{"Cause", "listUpgrades", "cause=no_space", ""},
        QueryCase{"TypeOfMessage", "listPushes", "msgType=ota_new_firmware", ""},
        QueryCase{"TypeAsStored", "listPushes", "msgType=new_firmware", "msgType must be ota_"},
        QueryCase{"Truth", "listDevices", "active=1", "active must be true or false"},
        QueryCase{"LimitZero", "listOrders", "limit=0",
                  "limit must be a whole number from 1 to 500"},
        QueryCase{"LimitWithPlus", "listOrders", "limit=+1", "limit must be"},
        QueryCase{"Time", "listPushes", "since=2026-11-29T10:00:00Z", ""},
        QueryCase{"TimeWithOffset", "listPushes", "since=2026-11-29T10:00:00%2B08:00", ""},
        QueryCase{"TimeWithPlus", "listPushes", "since=2026-11-29T10:00:00+08:00",
                  "since must be a time as in RFC 3339, with a + written as %2B"},
        QueryCase{"Day", "listUpgrades", "until=2026-11-29", "until must be a time"},
        QueryCase{"OpenVocabulary", "listUpgrades", "firmwareId=abc&rolloutId=7&orderId=x", ""},
        QueryCase{"LongName", "listDevices", "model=" + std::string(300, 'm'), ""}),
    [](auto const& tested) { return tested.param.name; });

http::Request with_query(std::string_view query) {
    http::Request request;
    request.query = query;
    return request;
}

TEST(Query, ReadsAPlusAsABlank) {
    auto const request = with_query("model=a+b%2Bc&q=%20");
    EXPECT_EQ(text_parameter(request, "model"), "a b+c");
    EXPECT_EQ(text_parameter(request, "q"), " ");
    EXPECT_EQ(text_parameter(request, "version"), std::nullopt);
}

TEST(Query, ReadsValuesByKind) {
    auto const request = with_query("active=true&since=1970-01-01T00:00:01Z&firmwareId=12");
    EXPECT_EQ(truth_parameter(request, "active"), true);
    EXPECT_EQ(time_parameter(request, "since"), Instant{1'000});
    EXPECT_EQ(id_parameter(request, "firmwareId"), 12);
    EXPECT_EQ(id_parameter(with_query("firmwareId=abc"), "firmwareId"), 0);
    EXPECT_EQ(id_parameter(with_query("firmwareId=99999999999999999999"), "firmwareId"), 0);
    EXPECT_EQ(id_parameter(with_query("limit=1"), "firmwareId"), std::nullopt);
}

// The cursor that the request's answer has, sent with another query.
Result<PageAsk> go_on(std::string_view query, std::string_view next_query) {
    auto const request = with_query(query);
    auto const cursor = written_cursor(cursor_list(request, "devices"), "d7");
    auto const next = std::string(next_query) + "&cursor=" + cursor;
    return read_page_ask(with_query(next), "devices");
}

TEST(Cursor, BelongsToItsListAndFilters) {
    EXPECT_EQ(go_on("model=a&tag=b", "model=a&tag=b")->after, "d7");
    EXPECT_EQ(go_on("model=a&tag=b", "limit=3&tag=b&model=a")->after, "d7");
    EXPECT_EQ(go_on("limit=3", "limit=4")->after, "d7");
    EXPECT_EQ(go_on("model=a+b", "model=a%20b")->after, "d7");
    for (auto const* other :
         {"model=b&tag=b", "model=a", "limit=3", "model=a&tag=b&q=d", "model=b&tag=a"}) {
        auto const refused = go_on("model=a&tag=b", other);
        ASSERT_FALSE(refused) << other;
        EXPECT_THAT(refused.error().detail, HasSubstr("cursor"));
    }
}

TEST(Cursor, BelongsToTheObjectInThePath) {
    http::Request mine;
    mine.params = {"a"};
    http::Request others;
    others.params = {"b"};
    EXPECT_EQ(cursor_list(mine, "grants"), cursor_list(mine, "grants"));
    EXPECT_NE(cursor_list(mine, "grants"), cursor_list(others, "grants"));
}

// The parameters that calls of the document share, and that are in the query string.
std::set<std::string> const names_of_queries = {"limit", "cursor", "since", "until"};

std::set<std::string> query_names(json::Object const& call) {
    std::set<std::string> names;
    auto const* const parameters = json::array_member(call, "parameters").value();
    for (auto const& one : parameters == nullptr ? json::Array() : *parameters) {
        auto const& object = *one.object();
        if (auto const reference = json::text_member(object, "$ref").value()) {
            auto const name = reference->substr(reference->rfind('/') + 1);
            if (names_of_queries.contains(name)) names.insert(name);
        } else if (json::text_member(object, "in").value() == "query") {
            names.insert(json::text_member(object, "name").value().value());
        }
    }
    return names;
}

TEST(Query, TakesWhatTheApiDocumentSays) {
    auto const document = json::read_object(openapi_document).value();
    int with_parameters = 0;
    for (auto const& [path, methods] : json::object_member(document, "paths").value()->members) {
        if (path.starts_with("/open/") || path == "/access_token") continue;
        for (auto const& [method, call] : methods.object()->members) {
            if (call.object() == nullptr) continue;
            auto const operation =
                json::text_member(*call.object(), "operationId").value().value_or("");
            std::set<std::string> taken;
            for (auto const& one : parameters_of(operation)) taken.emplace(one.name);
            EXPECT_EQ(query_names(*call.object()), taken) << method << " " << path;
            with_parameters += taken.empty() ? 0 : 1;
        }
    }
    EXPECT_GE(with_parameters, 9);
}

}  // namespace
}  // namespace updraft::admin
