#include "webpost/fault.h"

namespace updraft::webpost {

PostFault fault_of(CURL* easy, CURLcode code) {
    long tunnel = 0;
    curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &tunnel);
    if (tunnel >= 300) return PostFault::connect;
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
            return PostFault::dns;
        case CURLE_COULDNT_CONNECT:
        case CURLE_PROXY:
        case CURLE_URL_MALFORMAT:
        case CURLE_INTERFACE_FAILED:
            return PostFault::connect;
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CRL_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_INVALIDCERTSTATUS:
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            return PostFault::tls;
        case CURLE_OPERATION_TIMEDOUT:
            return PostFault::timeout;
        default:
            return PostFault::closed;
    }
}

}  // namespace updraft::webpost
