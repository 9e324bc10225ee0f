#include "app/push_client.h"

#include <utility>

#include "vocabulary/secret_file.h"

namespace updraft::app {
namespace {

// What is no URL is the path of a file that holds it.
Result<webpost::Proxy> read_proxy_setting(std::string const& given) {
    if (given.find("://") != std::string::npos) return webpost::read_proxy(given);
    TRY_ASSIGN(auto const url, read_secret_file(given));
    if (!url) return fail(Errc::invalid, given + " is missing");
    auto proxy = webpost::read_proxy(url->reveal());
    if (!proxy) return fail(Errc::invalid, "the URL in " + given + " " + proxy.error().detail);
    return proxy;
}

}  // namespace

Result<webpost::HttpClientSettings> http_client_settings(Settings::Push const& push) {
    TRY(webpost::check_roots(push.ca_file));
    webpost::HttpClientSettings settings;
    settings.allow_http = push.allow_http;
    settings.ca_file = push.ca_file;
    for (auto const& network : push.allow_networks) {
        // The text was checked when the settings were loaded, so reading it succeeds.
        if (auto read = webpost::read_network(network.written)) {
            settings.allow_networks.push_back(*read);
        }
    }
    if (push.proxy.empty()) return settings;
    auto proxy = read_proxy_setting(push.proxy);
    if (!proxy) return fail(Errc::invalid, "[push] proxy: " + proxy.error().detail);
    settings.proxy = *std::move(proxy);
    return settings;
}

Result<std::unique_ptr<webpost::CurlHttpClient>> open_push_client(Settings::Push const& push,
                                                                  Journal& journal) {
    TRY_ASSIGN(auto settings, http_client_settings(push));
    if (settings.proxy) {
        journal.info(
            "pushes go through a proxy: its rules decide which addresses they reach, not [push] "
            "allow_networks",
            {{"proxy", settings.proxy->url}});
    }
    return std::make_unique<webpost::CurlHttpClient>(std::move(settings));
}

}  // namespace updraft::app
