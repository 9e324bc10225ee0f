#include "ddi/wording.h"

#include <gtest/gtest.h>

namespace updraft::ddi {
namespace {

using upgrade::CancelAnswer;
using upgrade::Said;

std::string feedback(std::string const& execution, std::string const& finished) {
    return R"({"id":"11","status":{"execution":")" + execution + R"(","result":{"finished":")" +
           finished + R"("}}})";
}

struct SaidCase {
    char const* execution;
    char const* finished;
    Said said;
};
class Reports : public testing::TestWithParam<SaidCase> {};
TEST_P(Reports, SayWhatTheyMean) {
    auto const read = read_report(feedback(GetParam().execution, GetParam().finished));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(read->said, GetParam().said);
}
INSTANTIATE_TEST_SUITE_P(, Reports,
                         testing::Values(SaidCase{"closed", "success", Said::succeeded},
                                         SaidCase{"closed", "none", Said::succeeded},
                                         SaidCase{"closed", "failure", Said::failed},
                                         SaidCase{"proceeding", "none", Said::working},
                                         SaidCase{"proceeding", "failure", Said::trouble},
                                         SaidCase{"download", "none", Said::downloading},
                                         SaidCase{"downloaded", "success", Said::downloaded},
                                         SaidCase{"scheduled", "none", Said::working},
                                         SaidCase{"resumed", "none", Said::working},
                                         SaidCase{"rejected", "none", Said::rejected},
                                         SaidCase{"rejected", "success", Said::rejected},
                                         SaidCase{"canceled", "success", Said::called_off}));

struct CancelCase {
    char const* execution;
    char const* finished;
    CancelAnswer answer;
};
class CancelReports : public testing::TestWithParam<CancelCase> {};
TEST_P(CancelReports, SayWhatTheyMean) {
    auto const read = read_cancel_report(feedback(GetParam().execution, GetParam().finished));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(read->answer, GetParam().answer);
}
INSTANTIATE_TEST_SUITE_P(, CancelReports,
                         testing::Values(CancelCase{"closed", "success", CancelAnswer::agreed},
                                         CancelCase{"closed", "none", CancelAnswer::agreed},
                                         CancelCase{"canceled", "success", CancelAnswer::agreed},
                                         CancelCase{"closed", "failure", CancelAnswer::refused},
                                         CancelCase{"rejected", "success", CancelAnswer::refused},
                                         CancelCase{"proceeding", "none", CancelAnswer::noted}));

TEST(Report, OfSwupdateIsRead) {
    auto const read =
        read_report(R"({ "id": 7, "time": "20261123T174818", "status": { "result": { "progress": )"
                    R"({ "cnt" : 0, "of" : 1 }, "finished": "none" }, "execution": "proceeding", )"
                    R"("details" : [ "Installing Update Chunk Artifacts." ] } })");
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(read->said, Said::working);
    ASSERT_TRUE(read->count);
    EXPECT_EQ(read->count->of, 1);
    EXPECT_EQ(read->texts, std::vector<std::string>{"Installing Update Chunk Artifacts."});
}

TEST(Report, HasItsProgressInWholeNumbersOfAnyNotation) {
    auto const read =
        read_report(R"({"status":{"execution":"proceeding","result":{"finished":"none",)"
                    R"("progress":{"cnt":4.0e1,"of":100.0}}}})");
    ASSERT_TRUE(read && read->count);
    EXPECT_EQ(read->count->cnt, 40);
    EXPECT_EQ(read->count->of, 100);
}

TEST(Report, WithAProgressThatMakesNoSenseStillCounts) {
    for (std::string const progress :
         {R"("half")", R"({"cnt":"1","of":10})", R"({"cnt":1.5,"of":10})",
          R"({"cnt":1e400,"of":1})", R"({"cnt":1})", R"([])", "7", "null"}) {
        auto const read =
            read_report(R"({"status":{"execution":"proceeding","result":{"finished":"none",)"
                        R"("progress":)" +
                        progress + "}}}");
        ASSERT_TRUE(read) << progress;
        EXPECT_FALSE(read->count) << progress;
    }
}

class MalformedReports : public testing::TestWithParam<char const*> {};
TEST_P(MalformedReports, AreRefused) {
    for (auto const& code : {read_report(GetParam()).map([](auto&&) {}),
                             read_cancel_report(GetParam()).map([](auto&&) {})}) {
        ASSERT_FALSE(code) << GetParam();
        EXPECT_EQ(code.error().code, Errc::invalid);
    }
}
INSTANTIATE_TEST_SUITE_P(
    , MalformedReports,
    testing::Values(
        "", "{", "[]", "7", "{}", R"({"status":7})", R"({"status":{}})",
        R"({"status":{"execution":"closed"}})", R"({"status":{"execution":"closed","result":{}}})",
        R"({"status":{"execution":"closed","result":{"finished":"maybe"}}})",
        R"({"status":{"execution":"done","result":{"finished":"none"}}})",
        R"({"status":{"execution":1,"result":{"finished":"none"}}})",
        R"({"status":{"result":{"finished":"none"}}})",
        R"({"status":{"execution":"closed","result":{"finished":"none"},"details":"x"}})",
        R"({"status":{"execution":"closed","result":{"finished":"none"},"details":[{}]}})"));

TEST(Report, WithTextsOfABadEncodingIsRead) {
    std::string const texts =
        "[\"\x1b[31mred\",\"tab\there\",\"caf\xE9\",\"\\ud800\",\"n\\u0000ul\"]";
    auto const body =
        R"({"status":{"execution":"closed","result":{"finished":"failure"},"details":)" + texts +
        "}}";
    std::string const mark = "\xEF\xBB\xBF";
    for (auto const& sent : {body, mark + body, body + std::string(3, '\0')}) {
        auto const read = read_report(sent);
        ASSERT_TRUE(read) << read.error().detail;
        EXPECT_EQ(read->said, Said::failed);
        EXPECT_EQ(read->texts,
                  (std::vector<std::string>{"\x1b[31mred", "tab\there", "caf\xEF\xBF\xBD",
                                            "\xEF\xBF\xBD", "nul"}));
        EXPECT_EQ(read_cancel_report(sent)->texts, read->texts);
    }
}

TEST(Report, OfManyTextsKeepsTheLastOnes) {
    std::string texts;
    for (int i = 0; i < 1'500; ++i) texts += "\"" + std::to_string(i) + "\",";
    auto const read = read_report(
        R"({"status":{"execution":"closed","result":{"finished":"failure"},"details":[)" + texts +
        R"(null,"last"]}})");
    ASSERT_TRUE(read) << read.error().detail;
    ASSERT_EQ(read->texts.size(), 1'000U);
    EXPECT_EQ(read->texts.front(), "501");
    EXPECT_EQ(read->texts.back(), "last");
}

TEST(ConfigData, WithTextsOfABadEncodingIsRead) {
    auto const read =
        read_config_data("\xEF\xBB\xBF{\"data\":{\"ort\":\"K\xF6ln\",\"n\\u0000ul\":\"a\tb\"}}");
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(read->attributes, (fleet::Attributes{{"ort", "K\xEF\xBF\xBDln"}, {"nul", "a\tb"}}));
    // 128 bytes of Latin-1 are not refused because U+FFFD is longer than what it replaces.
    auto const longest =
        read_config_data("{\"data\":{\"k\":\"" + std::string(128, '\xE9') + "\"}}");
    ASSERT_TRUE(longest);
    EXPECT_EQ(longest->attributes.at("k").size(), 126U);
    auto const longer =
        read_config_data("{\"data\":{\"k\":\"\xE9" + std::string(128, 'x') + "\"}}");
    ASSERT_TRUE(longer);
    EXPECT_GT(longer->attributes.at("k").size(), fleet::attribute_bytes_max);
}

TEST(ConfigData, IsReadInAllItsModes) {
    using Mode = upgrade::SelfDescription::Mode;
    auto const merge = read_config_data(R"({"data":{"hw":"1.0","serial":7,"ok":true}})");
    ASSERT_TRUE(merge) << merge.error().detail;
    EXPECT_EQ(merge->mode, Mode::merge);
    EXPECT_EQ(merge->attributes,
              (fleet::Attributes{{"hw", "1.0"}, {"serial", "7"}, {"ok", "true"}}));
    EXPECT_EQ(read_config_data(R"({"mode":"replace","data":{}})")->mode, Mode::replace);
    auto const remove = read_config_data(R"({"mode":"remove","data":{"hw":null}})");
    ASSERT_TRUE(remove);
    EXPECT_EQ(remove->mode, Mode::remove);
    EXPECT_TRUE(remove->attributes.contains("hw"));
}

TEST(ConfigData, IsRefusedWhenMalformed) {
    for (auto const* body :
         {"", "[]", "{}", R"({"data":[]})", R"({"data":{"a":null}})", R"({"data":{"a":{}}})",
          R"({"mode":"add","data":{}})", R"({"mode":7,"data":{}})"}) {
        auto const read = read_config_data(body);
        ASSERT_FALSE(read) << body;
        EXPECT_EQ(read.error().code, Errc::invalid);
    }
}

TEST(Ids, AreDecimalAndFitAnInt32) {
    EXPECT_EQ(read_id("11"), 11);
    EXPECT_EQ(read_id("2147483647"), 2'147'483'647);
    for (auto const* text : {"", "-1", "2147483648", "11x", "0x11", " 11", "1e3"}) {
        EXPECT_EQ(read_id(text), std::nullopt) << text;
    }
}

TEST(Sleep, IsHoursMinutesSeconds) {
    using std::chrono::seconds;
    EXPECT_EQ(written_sleep(seconds{1}), "00:00:01");
    EXPECT_EQ(written_sleep(seconds{300}), "00:05:00");
    EXPECT_EQ(written_sleep(seconds{3'661}), "01:01:01");
    EXPECT_EQ(written_sleep(seconds{10'000'000}), "99:59:59");
}

TEST(Media, IsWhatTheClientPrefers) {
    EXPECT_EQ(preferred_media("application/json"), Media::json);
    EXPECT_EQ(preferred_media("application/hal+json"), Media::hal_json);
    EXPECT_EQ(preferred_media("application/json;charset=UTF-8"), Media::json);
    EXPECT_EQ(preferred_media("application/hal+json;q=0.5, application/json;q=0.9"), Media::json);
    EXPECT_EQ(preferred_media("application/hal+json, application/json;q=0.9"), Media::hal_json);
    EXPECT_EQ(preferred_media("*/*"), Media::hal_json);
    EXPECT_EQ(preferred_media(""), Media::hal_json);
    EXPECT_EQ(preferred_media("application/octet-stream"), Media::hal_json);
}

}  // namespace
}  // namespace updraft::ddi
