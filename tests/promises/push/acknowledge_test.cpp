#include "push/acknowledge.h"

#include <gtest/gtest.h>

namespace updraft::push {
namespace {

Receipt says(int status, std::string body) {
    Receipt receipt;
    receipt.status = status;
    receipt.body = std::move(body);
    return receipt;
}

struct AckCase {
    std::string name;
    int status;
    std::string body;
    bool arrived;
};
class Acknowledgement : public testing::TestWithParam<AckCase> {};
TEST_P(Acknowledgement, IsDecidedByStatusAndCode) {
    auto const receipt = says(GetParam().status, GetParam().body);
    EXPECT_EQ(acknowledged(receipt), GetParam().arrived);
    EXPECT_EQ(fault_of(receipt).has_value(), !GetParam().arrived);
}
INSTANTIATE_TEST_SUITE_P(
    , Acknowledgement,
    testing::Values(AckCase{"CodeZero", 200, R"({"code":0})", true},
                    AckCase{"CodeZeroAsText", 200, R"({"code":"0"})", true},
                    AckCase{"CodeZeroAsAFraction", 200, R"({"code":0.0})", true},
                    AckCase{"CodeZeroAsAPower", 200, R"({"code":0e7})", true},
                    AckCase{"NoCode", 200, R"({"ok":true})", true},
                    AckCase{"CodeNull", 200, R"({"code":null})", true},
                    AckCase{"EmptyObject", 200, "{}", true}, AckCase{"EmptyBody", 200, "", true},
                    AckCase{"NoContent", 204, "", true}, AckCase{"Accepted", 202, "", true},
                    AckCase{"WhiteSpace", 200, " \t\r\n", true},
                    AckCase{"ByteOrderMark", 200, "\xEF\xBB\xBF", true},
                    AckCase{"ByteOrderMarkAndNewline", 202, "\xEF\xBB\xBF\r\n", true},
                    AckCase{"HalfAByteOrderMark", 200, "\xEF\xBB", false},
                    AckCase{"TwoByteOrderMarks", 200, "\xEF\xBB\xBF\xEF\xBB\xBF", true},
                    AckCase{"NewlineAndByteOrderMark", 200, "\n\xEF\xBB\xBF", true},
                    AckCase{"AMixOfThem", 200, "\n\xEF\xBB\xBF \xEF\xBB\xBF\r\n", true},
                    AckCase{"ByteOrderMarkAndCode", 200, "\xEF\xBB\xBF{\"code\":0}\n", true},
                    AckCase{"ByteOrderMarkAndOther", 200, "\xEF\xBB\xBF{\"code\":1}", false},
                    AckCase{"ByteOrderMarkInside", 200,
                            "{\"code\":\xEF\xBB\xBF"
                            "0}",
                            false},
                    AckCase{"Nul", 200, std::string(1, '\0'), false},
                    AckCase{"WhiteSpaceOfAnError", 500, "\n", false},
                    AckCase{"OtherCode", 200, R"({"code":1})", false},
                    AckCase{"OtherCodeAsText", 200, R"({"code":"00"})", false},
                    AckCase{"NegativeCode", 200, R"({"code":-1})", false},
                    AckCase{"TinyCode", 200, R"({"code":1e-400})", false},
                    AckCase{"TrueCode", 200, R"({"code":true})", false},
                    AckCase{"CodeTwice", 200, R"({"code":0,"code":0})", false},
                    AckCase{"Text", 200, "OK", false}, AckCase{"Html", 200, "<html>", false},
                    AckCase{"AString", 200, R"("ok")", false}, AckCase{"AList", 200, "[]", false},
                    AckCase{"CutShort", 200, R"({"code":0)", false},
                    AckCase{"Redirect", 302, "", false}, AckCase{"ClientError", 400, "{}", false},
                    AckCase{"Gone", 410, "", false}, AckCase{"TooMany", 429, "", false},
                    AckCase{"ServerError", 500, R"({"code":0})", false},
                    AckCase{"NoAnswer", 0, "", false}),
    [](auto const& tested) { return tested.param.name; });

TEST(AnAnswer, ThatBrokeOffIsNone) {
    auto cut = says(200, R"({"code":0})");
    cut.body_cut = true;
    EXPECT_FALSE(acknowledged(cut));
    auto broken = says(200, "");
    broken.trouble = "connection reset";
    EXPECT_FALSE(acknowledged(broken));
}

struct FaultCase {
    std::string name;
    Receipt receipt;
    std::string word;
};
Receipt lost(PostFault fault) {
    Receipt receipt;
    receipt.fault = fault;
    receipt.trouble = "Failed to connect to db.inside port 5432: Connection refused";
    return receipt;
}
Receipt cut() {
    auto receipt = says(200, "x");
    receipt.body_cut = true;
    return receipt;
}
class Faults : public testing::TestWithParam<FaultCase> {};
TEST_P(Faults, AreToldAsOneWordAndInOurWords) {
    EXPECT_EQ(word(fault_of(GetParam().receipt).value()), GetParam().word);
    auto const sentence = verification_fault(GetParam().receipt, "abc");
    EXPECT_NE(sentence, "");
    EXPECT_EQ(sentence.find("inside"), std::string::npos) << sentence;
    EXPECT_EQ(answer_excerpt(GetParam().receipt).find("inside"), std::string::npos);
}
INSTANTIATE_TEST_SUITE_P(, Faults,
                         testing::Values(FaultCase{"Dns", lost(PostFault::dns), "dns"},
                                         FaultCase{"Blocked", lost(PostFault::blocked), "blocked"},
                                         FaultCase{"Connect", lost(PostFault::connect), "connect"},
                                         FaultCase{"Tls", lost(PostFault::tls), "tls"},
                                         FaultCase{"Timeout", lost(PostFault::timeout), "timeout"},
                                         FaultCase{"Closed", lost(PostFault::closed), "closed"},
                                         FaultCase{"LongHeader", lost(PostFault::body), "body"},
                                         FaultCase{"Unnamed", lost(PostFault::none), "closed"},
                                         FaultCase{"Status", says(500, "{}"), "status"},
                                         FaultCase{"LongBody", cut(), "body"},
                                         FaultCase{"NoObject", says(200, "OK"), "body"},
                                         FaultCase{"Code", says(200, R"({"code":7})"), "code"}),
                         [](auto const& tested) { return tested.param.name; });

struct EchoCase {
    std::string name;
    int status;
    std::string body;
    std::string fault;
};
class EchoAnswer : public testing::TestWithParam<EchoCase> {};
TEST_P(EchoAnswer, NeedsTheEcho) {
    EXPECT_EQ(verification_fault(says(GetParam().status, GetParam().body), "abc"),
              GetParam().fault);
}
INSTANTIATE_TEST_SUITE_P(
    , EchoAnswer,
    testing::Values(
        EchoCase{"Echoed", 200, R"({"code":0,"result":"abc"})", ""},
        EchoCase{"EchoedWithCodeAsText", 200, R"({"code":"0","result":"abc"})", ""},
        EchoCase{"AnotherText", 200, R"({"code":0,"result":"abd"})",
                 "the answer's result is not the echostr"},
        EchoCase{"NoResult", 200, R"({"code":0})", "the answer's result is not the echostr"},
        EchoCase{"NoCode", 200, R"({"result":"abc"})", "the answer's code is not 0"},
        EchoCase{"OtherCode", 200, R"({"code":5,"result":"abc"})", "the answer's code is not 0"},
        EchoCase{"Empty", 200, "", "the answer is not a JSON object"},
        EchoCase{"ServerError", 500, R"({"code":0,"result":"abc"})", "HTTP status 500"}),
    [](auto const& tested) { return tested.param.name; });

TEST(Excerpt, IsShortAndPrintable) {
    EXPECT_EQ(answer_excerpt(says(200, std::string(5'000, 'x'))).size(), 512U);
    EXPECT_EQ(answer_excerpt(says(200, std::string("a\0b\x1b[1m\xff\xc3\xa9", 10))),
              "a?b?[1m?\xc3\xa9");
    EXPECT_EQ(answer_excerpt(says(200, std::string(511, 'x') + "\xc3\xa9")),
              std::string(511, 'x') + "?");
    EXPECT_EQ(answer_excerpt(says(200, "a\xc2\x9b\u202E\nb")), "a??\nb");
    EXPECT_EQ(answer_excerpt(lost(PostFault::connect)), "");
}

}  // namespace
}  // namespace updraft::push
