#include "webpost/fault.h"

#include <gtest/gtest.h>

#include <memory>

namespace updraft::webpost {
namespace {

struct CodeCase {
    std::string name;
    CURLcode code;
    PostFault fault;
};
class ACurlCode : public testing::TestWithParam<CodeCase> {};
TEST_P(ACurlCode, IsOneOfOurWords) {
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> const easy(curl_easy_init(),
                                                                   &curl_easy_cleanup);
    EXPECT_EQ(fault_of(easy.get(), GetParam().code), GetParam().fault);
}
INSTANTIATE_TEST_SUITE_P(
    , ACurlCode,
    testing::Values(CodeCase{"NoSuchHost", CURLE_COULDNT_RESOLVE_HOST, PostFault::dns},
                    CodeCase{"NoSuchProxy", CURLE_COULDNT_RESOLVE_PROXY, PostFault::dns},
                    CodeCase{"NoConnection", CURLE_COULDNT_CONNECT, PostFault::connect},
                    CodeCase{"ProxyRefuses", CURLE_PROXY, PostFault::connect},
                    CodeCase{"NoUrl", CURLE_URL_MALFORMAT, PostFault::connect},
                    CodeCase{"Handshake", CURLE_SSL_CONNECT_ERROR, PostFault::tls},
                    CodeCase{"NotTrusted", CURLE_PEER_FAILED_VERIFICATION, PostFault::tls},
                    CodeCase{"RootsUnreadable", CURLE_SSL_CACERT_BADFILE, PostFault::tls},
                    CodeCase{"AnotherKey", CURLE_SSL_PINNEDPUBKEYNOTMATCH, PostFault::tls},
                    CodeCase{"TooLate", CURLE_OPERATION_TIMEDOUT, PostFault::timeout},
                    CodeCase{"NothingReceived", CURLE_GOT_NOTHING, PostFault::closed},
                    CodeCase{"Reset", CURLE_RECV_ERROR, PostFault::closed},
                    CodeCase{"NotSent", CURLE_SEND_ERROR, PostFault::closed},
                    CodeCase{"CutShort", CURLE_PARTIAL_FILE, PostFault::closed},
                    CodeCase{"NoHttp", CURLE_UNSUPPORTED_PROTOCOL, PostFault::closed}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::webpost
