// Hostile and unusual framing, sent to a real listener: in one piece, and cut at every byte.
#include "http/framing.h"

#include <gtest/gtest.h>

#include "raw_client.h"
#include "stage_listener.h"

namespace updraft::http {
namespace {

using namespace std::string_literals;

struct HostileCase {
    std::string name;
    std::string bytes;
    int status;
};

std::string repeated(std::string const& what, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += what;
    return all;
}

std::string post(std::string const& fields, std::string const& body = "") {
    return "POST /echo HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
}

std::string get_with(std::string const& fields) {
    return "GET /hello HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

std::string const chunked = "Transfer-Encoding: chunked\r\n";

class HostileFraming : public testing::TestWithParam<HostileCase> {
protected:
    static StageListener& listener() {
        static StageListener one;
        return one;
    }
};

TEST_P(HostileFraming, IsRefusedAndClosedAndReachesNoHandler) {
    auto const calls_before = listener().calls();
    RawClient client(listener().port());
    client.send(GetParam().bytes);
    auto const answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, GetParam().status);
    EXPECT_EQ(answer->body.substr(0, 12), "{\"code\":302,");
    EXPECT_EQ(answer->field("Connection"), "close");
    EXPECT_FALSE(answer->field("X-Request-Id").empty());
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(listener().calls(), calls_before);
}

TEST_P(HostileFraming, IsRefusedAlsoByteByByte) {
    Framing framing(identity_fields);
    auto const& bytes = GetParam().bytes;
    auto progress = Progress::more;
    std::size_t given = 0;
    while (progress == Progress::more && given < bytes.size()) {
        // A new copy for each call: the parser must not keep pointers into an earlier buffer.
        std::string const so_far = bytes.substr(0, ++given);
        progress = framing.read_head(so_far);
    }
    std::string content;
    if (progress == Progress::done && framing.head(bytes).chunked) {
        progress = Progress::more;
        given = framing.head_bytes();
        while (progress == Progress::more && given < bytes.size()) {
            progress = framing.read_chunks(bytes.substr(given++, 1), content).progress;
        }
    }
    EXPECT_EQ(progress, Progress::refused);
    EXPECT_EQ(framing.refusal().status, GetParam().status);
}

INSTANTIATE_TEST_SUITE_P(
    , HostileFraming,
    testing::Values(
        HostileCase{"NotHttp", "hello world\r\n\r\n", 400},
        HostileCase{"TlsHello", "\x16\x03\x01\x02"s + repeated("x", 40), 400},
        HostileCase{"NoVersion", "GET /hello\r\nHost: h\r\n\r\n", 400},
        HostileCase{"Http09", "GET /hello HTTP/0.9\r\nHost: h\r\n\r\n", 400},
        HostileCase{"Http20", "GET /hello HTTP/2.0\r\nHost: h\r\n\r\n", 400},
        HostileCase{"Http12", "GET /hello HTTP/1.2\r\nHost: h\r\n\r\n", 400},
        HostileCase{"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
        HostileCase{"UnknownMethod", "BREW /hello HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        HostileCase{"LowerCaseMethod", "get /hello HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        HostileCase{"AuthorityTarget", "CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n", 400},
        HostileCase{"AsteriskTarget", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        HostileCase{"TargetWithoutSlash", "GET hello HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        HostileCase{"TargetOfAnotherHost", "GET http://x/hello HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        HostileCase{"TargetWithFragment", "GET /hello#a HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        HostileCase{"TargetWithHighBytes", "GET /h\xC3\xA9 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        HostileCase{"TargetWithSpace", "GET /hel lo HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        HostileCase{"TargetTooLong", "GET /" + repeated("x", 9000) + " HTTP/1.1\r\nHost: h\r\n\r\n",
                    414},
        HostileCase{"NoHost", "GET /hello HTTP/1.1\r\n\r\n", 400},
        HostileCase{"TwoHosts", get_with("Host: h\r\n"), 400},
        HostileCase{"EmptyHost", "GET /hello HTTP/1.1\r\nHost:\r\n\r\n", 400},
        HostileCase{"HostWithPath", "GET /hello HTTP/1.1\r\nHost: h/x\r\n\r\n", 400},
        HostileCase{"HostWithPort0", "GET /hello HTTP/1.1\r\nHost: h:0\r\n\r\n", 400},
        HostileCase{"HostWithPort99999", "GET /hello HTTP/1.1\r\nHost: h:99999\r\n\r\n", 400},
        HostileCase{"HostWithAPortOfLetters", "GET /hello HTTP/1.1\r\nHost: h:http\r\n\r\n", 400},
        HostileCase{"Ipv6HostWithPort0", "GET /hello HTTP/1.1\r\nHost: [::1]:0\r\n\r\n", 400},
        HostileCase{"HostWithUser", "GET /hello HTTP/1.1\r\nHost: u@h\r\n\r\n", 400},
        HostileCase{"SpaceBeforeColon", get_with("Appid : x\r\n"), 400},
        HostileCase{"TabBeforeColon", get_with("Appid\t: x\r\n"), 400},
        HostileCase{"SpaceBeforeTheFirstField",
                    "GET /hello HTTP/1.1\r\n Host: h\r\nHost: h\r\n\r\n", 400},
        HostileCase{"FoldedField", get_with("X-Long: a\r\n b\r\n"), 400},
        HostileCase{"FoldedWithTab", get_with("X-Long: a\r\n\tb\r\n"), 400},
        HostileCase{"FoldedTransferEncoding", post("Transfer-Encoding:\r\n chunked\r\n"), 400},
        HostileCase{"FieldWithoutColon", get_with("Nonsense\r\n"), 400},
        HostileCase{"FieldWithoutName", get_with(": x\r\n"), 400},
        HostileCase{"FieldNameWithSpace", get_with("X Y: x\r\n"), 400},
        HostileCase{"FieldNameWithControl", get_with("X\x01: x\r\n"), 400},
        HostileCase{"FieldValueWithNul", get_with("X: a\0b\r\n"s), 400},
        HostileCase{"FieldValueWithControl",
                    get_with("X: a\x02"s
                             "b\r\n"),
                    400},
        HostileCase{"BareLineFeedInHead", "GET /hello HTTP/1.1\nHost: h\n\n", 400},
        HostileCase{"BareLineFeedAfterAField", "GET /hello HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400},
        HostileCase{"BareCarriageReturn", get_with("X: a\rY: b\r\n"), 400},
        HostileCase{"TwoAppids", get_with("Appid: a\r\nappid: a\r\n"), 400},
        HostileCase{"TwoAppkeys", get_with("Appkey: a\r\nAPPKEY: b\r\n"), 400},
        HostileCase{"TwoAccessTokens", get_with("Access-Token: a\r\nAccess-Token: a\r\n"), 400},
        HostileCase{"TwoOpenids", get_with("Openid: a\r\nX: y\r\nOpenid: b\r\n"), 400},
        HostileCase{"TwoAuthorizations", get_with("Authorization: a\r\nAuthorization: a\r\n"), 400},
        HostileCase{"TwoContentLengths", post("Content-Length: 2\r\nContent-Length: 2\r\n", "{}"),
                    400},
        HostileCase{"ListOfContentLengths", post("Content-Length: 2, 2\r\n", "{}"), 400},
        HostileCase{"SignedContentLength", post("Content-Length: +2\r\n", "{}"), 400},
        HostileCase{"NegativeContentLength", post("Content-Length: -2\r\n", "{}"), 400},
        HostileCase{"HexContentLength", post("Content-Length: 0x2\r\n", "{}"), 400},
        HostileCase{"EmptyContentLength", post("Content-Length:\r\n", "{}"), 400},
        HostileCase{"HugeContentLength", post("Content-Length: 99999999999999999999\r\n"), 400},
        HostileCase{"LengthAndChunks", post("Content-Length: 5\r\n" + chunked, "0\r\n\r\n"), 400},
        HostileCase{"ChunksAndLength", post(chunked + "Content-Length: 5\r\n", "0\r\n\r\n"), 400},
        HostileCase{"OtherTransferEncoding", post("Transfer-Encoding: gzip\r\n"), 400},
        HostileCase{"GzipThenChunked", post("Transfer-Encoding: gzip, chunked\r\n"), 400},
        HostileCase{"ChunkedThenGzip", post("Transfer-Encoding: chunked, gzip\r\n"), 400},
        HostileCase{"ChunkedTwice", post(chunked + chunked, "0\r\n\r\n"), 400},
        HostileCase{"ChunkedInOneValueTwice", post("Transfer-Encoding: chunked, chunked\r\n"), 400},
        HostileCase{"ChunkedWithControl",
                    post("Transfer-Encoding: \x0B"s
                         "chunked\r\n"),
                    400},
        HostileCase{"QuotedChunked", post("Transfer-Encoding: \"chunked\"\r\n"), 400},
        HostileCase{"EmptyTransferEncoding", post("Transfer-Encoding:\r\n"), 400},
        HostileCase{"ChunkedOnHttp10",
                    "POST /echo HTTP/1.0\r\nHost: h\r\n" + chunked + "\r\n0\r\n\r\n", 400},
        HostileCase{"ChunkSizeNotHex", post(chunked, "xyz\r\nab\r\n0\r\n\r\n"), 400},
        HostileCase{"ChunkSizeSigned", post(chunked, "+2\r\nab\r\n0\r\n\r\n"), 400},
        HostileCase{"ChunkSizeNegative", post(chunked, "-2\r\nab\r\n0\r\n\r\n"), 400},
        HostileCase{"ChunkSizeWithPrefix", post(chunked, "0x2\r\nab\r\n0\r\n\r\n"), 400},
        HostileCase{"ChunkSizeOverflows", post(chunked, "fffffffffffffffff\r\nab\r\n"), 400},
        HostileCase{"ChunkSizeEmpty", post(chunked, "\r\nab\r\n0\r\n\r\n"), 400},
        HostileCase{"ChunkLongerThanSaid", post(chunked, "2\r\nabc\r\n0\r\n\r\n"), 400},
        HostileCase{"ChunkEndsInLineFeed", post(chunked, "2\r\nab\n0\r\n\r\n"), 400},
        HostileCase{"ChunkLineEndsInLineFeed", post(chunked, "2\nab\r\n0\r\n\r\n"), 400},
        HostileCase{"ChunkExtensionTooLong",
                    post(chunked, "2;" + repeated("x", 400) + "\r\nab\r\n0\r\n\r\n"), 400},
        HostileCase{
            "TrailersTooLong",
            post(chunked, "2\r\nab\r\n0\r\n" + repeated("X-T: " + repeated("y", 90) + "\r\n", 120)),
            400},
        HostileCase{"TooManyFields", get_with(repeated("X: y\r\n", 120)), 431},
        HostileCase{"HeadTooLong", get_with("X: " + repeated("y", 17000) + "\r\n"), 431},
        HostileCase{"HeadThatNeverEnds", "GET /hello HTTP/1.1\r\nX: " + repeated("y", 17000), 431},
        HostileCase{"EmptyLinesForEver", repeated("\r\n", 9000), 431}),
    [](auto const& tested) { return tested.param.name; });

struct FineCase {
    std::string name;
    std::string bytes;
    int status;
    std::string body;
};

class OddFraming : public testing::TestWithParam<FineCase> {};

TEST_P(OddFraming, IsUnderstood) {
    StageListener listener;
    RawClient client(listener.port());
    client.send(GetParam().bytes);
    auto const answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, GetParam().status);
    EXPECT_EQ(answer->body, GetParam().body);
}

TEST_P(OddFraming, IsUnderstoodByteByByte) {
    StageListener listener;
    RawClient client(listener.port());
    for (char const byte : GetParam().bytes) client.send({&byte, 1});
    auto const answer = client.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, GetParam().status);
    EXPECT_EQ(answer->body, GetParam().body);
}

INSTANTIATE_TEST_SUITE_P(
    , OddFraming,
    testing::Values(
        FineCase{"UnknownFieldTwice", get_with("charsets: utf-8\r\ncharsets: utf-8\r\n"), 200,
                 "hello"},
        FineCase{"EmptyLineBeforeTheRequest", "\r\n" + get_with(""), 200, "hello"},
        FineCase{"AbsoluteTarget", "GET http://h/hello HTTP/1.1\r\nHost: h\r\n\r\n", 200, "hello"},
        FineCase{"Http10WithoutHost", "GET /hello HTTP/1.0\r\n\r\n", 200, "hello"},
        FineCase{"Query", "GET /hello?c=-2127183556 HTTP/1.1\r\nHost: h\r\n\r\n", 200, "hello"},
        FineCase{"HostWithPort", "GET /hello HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 200, "hello"},
        FineCase{"UpgradeIsIgnored", get_with("Connection: Upgrade\r\nUpgrade: h2c\r\n"), 200,
                 "hello"},
        FineCase{"BodyOfAGet", get_with("Content-Length: 3\r\n") + "abc", 200, "hello"},
        FineCase{"ValueWithHighBytes", get_with("X: \xC3\xA9\r\n"), 200, "hello"},
        FineCase{"EmptyBody", post("Content-Length: 0\r\n"), 200, ""},
        FineCase{"NoLengthIsNoBody", post(""), 200, ""},
        FineCase{"Chunks", post(chunked, "2\r\nab\r\n3;x=y\r\ncde\r\n0\r\n\r\n"), 200, "abcde"},
        FineCase{"UpperCaseChunked",
                 post("transfer-encoding: CHUNKED\r\n", "A\r\n0123456789\r\n0\r\n\r\n"), 200,
                 "0123456789"},
        FineCase{"NoChunks", post(chunked, "0\r\n\r\n"), 200, ""},
        FineCase{"TrailersAreDropped",
                 post(chunked, "2\r\nab\r\n0\r\nAppid: x\r\nContent-Length: 9\r\n\r\n"), 200, "ab"},
        FineCase{"IdentityEncoding",
                 post("Content-Encoding: identity\r\nContent-Length: 2\r\n", "ab"), 200, "ab"}),
    [](auto const& tested) { return tested.param.name; });

TEST(Framing, GivesTheSameHeadWhereverItIsCut) {
    auto const bytes = post("Appid: one\r\nX-Request-Id: r-1\r\nContent-Length: 4\r\n", "body");
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
        Framing framing(identity_fields);
        auto progress = framing.read_head(std::string(bytes.substr(0, cut)));
        if (progress == Progress::more) progress = framing.read_head(bytes);
        ASSERT_EQ(progress, Progress::done) << cut;
        auto const head = framing.head(bytes);
        EXPECT_EQ(head.path, "/echo");
        EXPECT_EQ(head.method, Method::post);
        EXPECT_EQ(head.content_length, 4U);
        EXPECT_EQ(head.request_id, "r-1");
        EXPECT_EQ(bytes.substr(framing.head_bytes()), "body");
        std::vector<Field> fields;
        framing.fields(bytes, fields);
        ASSERT_EQ(fields.size(), 4U);
        EXPECT_EQ(fields[1].name, "Appid");
        EXPECT_EQ(fields[1].value, "one");
    }
}

TEST(Framing, RefusesBodiesThatAreNearlyAllFraming) {
    Framing framing(identity_fields);
    auto const head = post(chunked);
    ASSERT_EQ(framing.read_head(head), Progress::done);
    std::string content;
    auto progress = Progress::more;
    for (int i = 0; i < 100'000 && progress == Progress::more; ++i) {
        progress = framing.read_chunks("1;" + repeated("e", 200) + "\r\nx\r\n", content).progress;
    }
    EXPECT_EQ(progress, Progress::refused);
    EXPECT_EQ(framing.refusal().status, 400);
}

}  // namespace
}  // namespace updraft::http
