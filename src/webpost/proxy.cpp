#include "webpost/proxy.h"

#include <curl/curl.h>

#include <memory>

#include "text/userinfo.h"

namespace updraft::webpost {
namespace {

struct FreeProxyUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string part_of_proxy(CURLU* url, CURLUPart which, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
    std::string copy(text);
    curl_free(text);
    return copy;
}

}  // namespace

Result<Proxy> read_proxy(std::string_view url) {
    if (!text::has_encoded_userinfo(url)) {
        return fail(Errc::invalid,
                    "has a special character in its user or password that is not percent-encoded: "
                    "write '@' as %40, '/' as %2F, '#' as %23, '?' as %3F, '%' as %25");
    }
    auto const wrong = fail(Errc::invalid,
                            "must be http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, with "
                            "nothing after the port");
    std::unique_ptr<CURLU, FreeProxyUrl> const parsed(curl_url());
    if (!parsed) return wrong;
    auto const read = curl_url_set(parsed.get(), CURLUPART_URL, std::string(url).c_str(), 0);
    if (read != CURLUE_OK) return wrong;
    auto const host = part_of_proxy(parsed.get(), CURLUPART_HOST);
    auto const port = part_of_proxy(parsed.get(), CURLUPART_PORT);
    auto const is_plain = part_of_proxy(parsed.get(), CURLUPART_SCHEME) == "http" &&
                          part_of_proxy(parsed.get(), CURLUPART_PATH) == "/" &&
                          part_of_proxy(parsed.get(), CURLUPART_QUERY).empty();
    if (!is_plain || host.empty() || port.empty() || port == "0") return wrong;
    return Proxy{
        .url = "http://" + host + ":" + port,
        .user = part_of_proxy(parsed.get(), CURLUPART_USER, CURLU_URLDECODE),
        .password = Secret(part_of_proxy(parsed.get(), CURLUPART_PASSWORD, CURLU_URLDECODE))};
}

}  // namespace updraft::webpost
