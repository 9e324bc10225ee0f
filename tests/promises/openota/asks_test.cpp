#include "openota/asks.h"

#include <gtest/gtest.h>

#include "openota/form.h"

namespace updraft::openota {
namespace {

policy::LocalTime const utc("+00:00", upgrade::no_time_zones());
policy::LocalTime const east("+08:00", upgrade::no_time_zones());

struct BodyCase {
    std::string name;
    std::string body;
    bool good;
};

struct OrderBodyCase {
    std::string name;
    std::string body;
    bool good;
    bool through = false;
};
class OrderBody : public testing::TestWithParam<OrderBodyCase> {};
TEST_P(OrderBody, SaysHowFarToGo) {
    auto const one = read_order_one_ask(R"({"did":"d",)" + GetParam().body);
    auto const all = read_order_all_ask("{" + GetParam().body);
    ASSERT_EQ(one.has_value(), GetParam().good);
    ASSERT_EQ(all.has_value(), GetParam().good);
    if (!GetParam().good) return;
    auto const far = upgrade::StepMode::all_steps;
    EXPECT_EQ(one->order.step_mode == far, GetParam().through);
    EXPECT_EQ(all->step_mode == far, GetParam().through);
    EXPECT_EQ(one->order.did, Did{"d"});
}
INSTANTIATE_TEST_SUITE_P(, OrderBody,
                         testing::Values(OrderBodyCase{"Absent", R"("openId":"u"})", true},
                                         OrderBodyCase{"Null", R"("through":null})", true},
                                         OrderBodyCase{"False", R"("through":false})", true},
                                         OrderBodyCase{"True", R"("through":true})", true, true},
                                         OrderBodyCase{"Text", R"("through":"true"})", false},
                                         OrderBodyCase{"Number", R"("through":1})", false},
                                         OrderBodyCase{"Twice", R"("through":true,"through":true})",
                                                       false}),
                         [](auto const& tested) { return tested.param.name; });

TEST(OrderBodies, NeedADidForOne) {
    EXPECT_EQ(read_order_one_ask("{}").error().code, Errc::invalid);
    EXPECT_TRUE(read_order_all_ask(""));
}

class DeviceBody : public testing::TestWithParam<BodyCase> {};
TEST_P(DeviceBody, IsReadStrictly) {
    auto const ask = read_device_ask(GetParam().body);
    EXPECT_EQ(ask.has_value(), GetParam().good) << (ask ? "" : ask.error().detail);
    EXPECT_EQ(ask ? Errc::invalid : ask.error().code, Errc::invalid);
}
std::string const did64(64, 'd');
INSTANTIATE_TEST_SUITE_P(
    , DeviceBody,
    testing::Values(
        BodyCase{"Plain", R"({"did":"d"})", true},
        BodyCase{"WithUser", R"({"openId":"u","did":"d"})", true},
        BodyCase{"UserEmpty", R"({"openId":"","did":"d"})", true},
        BodyCase{"UserNull", R"({"openId":null,"did":"d"})", true},
        BodyCase{"Unknown", R"({"did":"d","x":[1e400,"\u0000"],"x":1})", true},
        BodyCase{"LongestDid", R"({"did":")" + did64 + R"("})", true},
        BodyCase{"SpaceAround", " {\"did\" : \"d\"}\n", true}, BodyCase{"Empty", "", false},
        BodyCase{"NoDid", "{}", false}, BodyCase{"DidNull", R"({"did":null})", false},
        BodyCase{"DidEmpty", R"({"did":""})", false},
        BodyCase{"DidTooLong", R"({"did":"x)" + did64 + R"("})", false},
        BodyCase{"DidNumber", R"({"did":7})", false},
        BodyCase{"DidList", R"({"did":["d"]})", false},
        BodyCase{"DidTwice", R"({"did":"d","did":"d"})", false},
        BodyCase{"DidTwiceEscaped", R"({"did":"d","d\u0069d":"d"})", false},
        BodyCase{"DidWithNul", R"({"did":"d\u0000"})", false},
        BodyCase{"UserNumber", R"({"openId":1,"did":"d"})", false},
        BodyCase{"UserTwice", R"({"openId":"u","openId":null,"did":"d"})", false},
        BodyCase{"NotAnObject", R"(["d"])", false}, BodyCase{"NotJson", R"({"did":"d")", false},
        BodyCase{"TwoValues", R"({"did":"d"}{})", false},
        BodyCase{"ByteOrderMark", "\xEF\xBB\xBF{\"did\":\"d\"}", false},
        BodyCase{"BadUtf8", "{\"did\":\"\xff\"}", false},
        BodyCase{"LoneSurrogate", R"({"did":"\ud800"})", false},
        BodyCase{"LoneSurrogateElsewhere", R"({"did":"d","x":"\udc00"})", false},
        BodyCase{"Comment", R"({"did":"d"/* */})", false},
        BodyCase{"TooDeep",
                 R"({"did":"d","x":)" + std::string(32, '[') + std::string(32, ']') + "}", false},
        BodyCase{"DeepEnough",
                 R"({"did":"d","x":)" + std::string(31, '[') + std::string(31, ']') + "}", true}),
    [](auto const& tested) { return tested.param.name; });

TEST(UserBody, MayBeEmptyAndKnowsNoDid) {
    EXPECT_TRUE(read_user_ask(""));
    EXPECT_TRUE(read_user_ask(R"({"did":1,"did":2})"));
    EXPECT_FALSE(read_user_ask("  "));
}

struct CountsCase {
    std::string name;
    std::string body;
    std::optional<std::pair<int, int>> counts;  // Nothing: the body is refused.
};
class HistoryCounts : public testing::TestWithParam<CountsCase> {};
TEST_P(HistoryCounts, AreReadOrRefused) {
    auto const ask = read_history_ask(GetParam().body, utc);
    ASSERT_EQ(ask.has_value(), GetParam().counts.has_value());
    if (!ask) return;
    EXPECT_EQ(ask->start, GetParam().counts->first);
    EXPECT_EQ(ask->end, GetParam().counts->second);
}
INSTANTIATE_TEST_SUITE_P(
    , HistoryCounts,
    testing::Values(CountsCase{"Default", "{}", {{0, 100}}},
                    CountsCase{"StartOnly", R"({"startCount":50})", {{50, 150}}},
                    CountsCase{"EndOnly", R"({"endCount":7})", {{0, 7}}},
                    CountsCase{"Text", R"({"startCount":"10","endCount":"20"})", {{10, 20}}},
                    CountsCase{"Equal", R"({"startCount":10,"endCount":10})", {{10, 10}}},
                    CountsCase{"WidestSpan", R"({"startCount":1,"endCount":101})", {{1, 101}}},
                    CountsCase{"CutAtTheEnd", R"({"startCount":9950})", {{9950, 10'000}}},
                    CountsCase{"AtTheVeryEnd", R"({"startCount":10000})", {{10'000, 10'000}}},
                    CountsCase{"BeyondTheEnd", R"({"startCount":10001})", {}},
                    CountsCase{"EndBeyond", R"({"startCount":9990,"endCount":10001})", {}},
                    CountsCase{"SpanTooWide", R"({"endCount":101})", {}},
                    CountsCase{"Reversed", R"({"startCount":5,"endCount":4})", {}},
                    CountsCase{"Negative", R"({"startCount":-1})", {}},
                    CountsCase{"NegativeText", R"({"startCount":"-1"})", {}},
                    CountsCase{"Power", R"({"startCount":1e1})", {{10, 110}}},
                    CountsCase{"ZeroFraction", R"({"endCount":20.0})", {{0, 20}}},
                    CountsCase{"Fraction", R"({"startCount":1.5})", {}},
                    CountsCase{"Huge", R"({"endCount":1e400})", {}},
                    CountsCase{
                        "ThirtyDigits", R"({"endCount":123456789012345678901234567890})", {}},
                    CountsCase{"EmptyText", R"({"startCount":""})", {}},
                    CountsCase{"TextWithSpace", R"({"startCount":" 1"})", {}},
                    CountsCase{"Truth", R"({"startCount":true})", {}},
                    CountsCase{"Twice", R"({"startCount":1,"startCount":1})", {}}),
    [](auto const& tested) { return tested.param.name; });

struct DatesCase {
    std::string name;
    std::string body;
    bool good;
};
class HistoryDates : public testing::TestWithParam<DatesCase> {};
TEST_P(HistoryDates, AreDaysThatExist) {
    EXPECT_EQ(read_history_ask(GetParam().body, east).has_value(), GetParam().good);
}
INSTANTIATE_TEST_SUITE_P(
    , HistoryDates,
    testing::Values(
        DatesCase{"OneDay", R"({"startDate":"2026-11-23","endDate":"2026-11-23"})", true},
        DatesCase{"LeapDay", R"({"startDate":"2024-02-29"})", true},
        DatesCase{"LastDay", R"({"endDate":"9999-12-31"})", true},
        DatesCase{"NoSuchDay", R"({"startDate":"2026-02-29"})", false},
        DatesCase{"Short", R"({"startDate":"2026-2-9"})", false},
        DatesCase{"WithTime", R"({"startDate":"2026-11-23T00:00:00Z"})", false},
        DatesCase{"Empty", R"({"endDate":""})", false},
        DatesCase{"Number", R"({"endDate":20261123})", false},
        DatesCase{"Reversed", R"({"startDate":"2026-11-24","endDate":"2026-11-23"})", false}),
    [](auto const& tested) { return tested.param.name; });

TEST(HistoryBody, CoversWholeDaysOfTheConfiguredPlace) {
    auto const ask = read_history_ask(R"({"startDate":"2026-11-23","endDate":"2026-11-24"})", east);
    ASSERT_TRUE(ask);
    EXPECT_EQ(rfc3339(*ask->from), "2026-11-22T16:00:00.000Z");
    EXPECT_EQ(rfc3339(*ask->before), "2026-11-24T16:00:00.000Z");
}

TEST(HistoryBody, TakesAnyOrderIdButADidOnlyAsADid) {
    EXPECT_TRUE(read_history_ask(R"({"orderId":"","did":"d"})", utc));
    EXPECT_TRUE(read_running_ask(R"({"orderId":"anything"})"));
    EXPECT_FALSE(read_running_ask(R"({"orderId":1})"));
    EXPECT_FALSE(read_running_ask(R"({"did":""})"));
    EXPECT_FALSE(read_history_ask(R"({"did":""})", utc));
}

TEST(AccountBody, NamesAnAccountOfOneTo64Bytes) {
    EXPECT_EQ(*read_account_id(R"({"accountId":"bob"})"), "bob");
    EXPECT_TRUE(read_account_id(R"({"accountId":")" + did64 + "\"}"));
    for (std::string const bad : {"", "{}", R"({"accountId":""})", R"({"accountId":1})"}) {
        EXPECT_FALSE(read_account_id(bad)) << bad;
    }
    EXPECT_FALSE(read_account_id(R"({"accountId":"x)" + did64 + "\"}"));
}

TEST(RefreshBody, NeedsBothMembers) {
    EXPECT_TRUE(read_refresh_ask(R"({"openId":"u","refreshToken":"t"})"));
    EXPECT_FALSE(read_refresh_ask(R"({"openId":"u"})"));
    EXPECT_FALSE(read_refresh_ask(R"({"refreshToken":"t"})"));
    EXPECT_FALSE(read_refresh_ask(R"({"openId":"","refreshToken":"t"})"));
    EXPECT_FALSE(read_refresh_ask(R"({"openId":"u","refreshToken":""})"));
    EXPECT_FALSE(read_refresh_ask(R"({"openId":"u","refreshToken":7})"));
}

TEST(Form, DecodesNamesAndValues) {
    auto const form = Form::read("a=1+2&b%20c=%e4%bd%a0&&empty=&flag&d=x=y");
    ASSERT_TRUE(form);
    EXPECT_EQ(form->value("a"), "1 2");
    EXPECT_EQ(form->value("b c"), "\xe4\xbd\xa0");
    EXPECT_EQ(form->value("d"), "x=y");
    EXPECT_FALSE(form->value("empty"));
    EXPECT_FALSE(form->value("flag"));
    EXPECT_FALSE(form->value("absent"));
}

TEST(Form, RefusesRepetitionAndBrokenEscapes) {
    EXPECT_FALSE(Form::read("a=1&a=1"));
    EXPECT_FALSE(Form::read("a=1&%61=2"));
    EXPECT_FALSE(Form::read("a=%4"));
    EXPECT_FALSE(Form::read("a=%zz"));
    EXPECT_FALSE(Form::read("a=%00"));
}

}  // namespace
}  // namespace updraft::openota
