#include "webpost/transfer.h"

#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "text/whole_number.h"
#include "vocabulary/ascii.h"
#include "vocabulary/field_line.h"
#include "webpost/endpoint.h"

namespace updraft::webpost {
namespace {

// The proxy's own address is what the operator set, and needs no other permission.
bool is_allowed(HttpClientSettings const& settings, Address const& address, std::uint16_t port) {
    return settings.proxy || may_connect(address, port, settings.allow_networks);
}

// libcurl calls this with the address that it is about to connect to. Checking here is safe against
// DNS rebinding: a name that resolves to another address later cannot bypass the check.
curl_socket_t open_socket(void* transfer_pointer, curlsocktype, curl_sockaddr* target) {
    auto& transfer = *static_cast<Transfer*>(transfer_pointer);
    auto const endpoint = endpoint_of(target->addr, target->addrlen);
    if (!endpoint) {
        transfer.refused = "the address is neither IPv4 nor IPv6";
        transfer.receipt.fault = PostFault::blocked;
        return CURL_SOCKET_BAD;
    }
    auto const& [address, port] = *endpoint;
    if (!is_allowed(*transfer.settings, address, port)) {
        transfer.refused = address.written() + " is not a public address";
        transfer.receipt.fault = PostFault::blocked;
        return CURL_SOCKET_BAD;
    }
    return socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
}

// libcurl calls this before it resolves a host. Its own resolver is not used for names: at the end
// of a transfer it waits for the resolving thread, and so would all other transfers.
int start_resolving(void*, void*, void* transfer_pointer) {
    auto& transfer = *static_cast<Transfer*>(transfer_pointer);
    transfer.host_wanted = !transfer.host.is_known;
    return transfer.host_wanted ? 1 : 0;
}

std::size_t take_header(char* bytes, std::size_t, std::size_t size, void* transfer_pointer) {
    auto& transfer = *static_cast<Transfer*>(transfer_pointer);
    std::string_view const line(bytes, size);
    transfer.header_bytes += size;
    if (transfer.header_bytes > answer_header_bytes_max) {
        transfer.refused = "the answer's header is longer than 32 KiB";
        transfer.receipt.fault = PostFault::body;
        return 0;
    }
    if (line.starts_with("HTTP/"))
        transfer.receipt.retry_after.reset();  // A new answer, after a 1xx.
    if (auto value = field_value(line, "retry-after")) {
        transfer.receipt.retry_after = *std::move(value);
    }
    return size;
}

std::size_t take_body(char* bytes, std::size_t, std::size_t size, void* transfer_pointer) {
    auto& receipt = static_cast<Transfer*>(transfer_pointer)->receipt;
    auto const room = answer_body_bytes_max - receipt.body.size();
    receipt.body.append(bytes, std::min(room, size));
    if (size <= room) return size;
    receipt.body_cut = true;
    return 0;
}

template <class Set>
void set_proxy(Set const& set, std::optional<Proxy> const& proxy) {
    set(CURLOPT_PROXY, proxy ? proxy->url.c_str() : "");
    // Texts that are set keep libcurl from asking the environment.
    set(CURLOPT_NOPROXY, proxy ? "" : "*");
    if (!proxy) return;
    // Our header fields, with the Appkey, are for the receiver only.
    set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (proxy->user.empty()) return;
    set(CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_BASIC));
    set(CURLOPT_PROXYUSERNAME, proxy->user.c_str());
    set(CURLOPT_PROXYPASSWORD, proxy->password.reveal().c_str());
}

}  // namespace

bool set_up(CURL* easy, Transfer& transfer) {
    auto const& parcel = transfer.parcel;
    for (auto const& [name, value] : parcel.headers) {
        auto* longer = curl_slist_append(transfer.headers, (name + ": " + value).c_str());
        if (longer == nullptr) return false;
        transfer.headers = longer;
    }
    // Removes "Expect: 100-continue", with which curl waits up to 1 s before a larger body.
    if (auto* longer = curl_slist_append(transfer.headers, "Expect:")) transfer.headers = longer;

    bool fine = true;
    auto const set = [&](CURLoption option, auto value) {
        fine = fine && curl_easy_setopt(easy, option, value) == CURLE_OK;
    };
    auto const& settings = *transfer.settings;
    set(CURLOPT_PRIVATE, static_cast<void*>(&transfer));
    set(CURLOPT_URL, parcel.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, settings.allow_http ? "https,http" : "https");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(parcel.body.size()));
    set(CURLOPT_POSTFIELDS, parcel.body.data());
    set(CURLOPT_HTTPHEADER, transfer.headers);
    set(CURLOPT_USERAGENT, settings.user_agent.c_str());
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_PATH_AS_IS, 1L);
    set_proxy(set, settings.proxy);
    set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!settings.ca_file.empty()) set(CURLOPT_CAINFO, settings.ca_file.c_str());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(parcel.timeout.count()));
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(parcel.timeout.count()));
    set(CURLOPT_RESOLVER_START_FUNCTION, &start_resolving);
    set(CURLOPT_RESOLVER_START_DATA, static_cast<void*>(&transfer));
    set(CURLOPT_DNS_CACHE_TIMEOUT, static_cast<long>(addresses_kept.count()));
    set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&transfer));
    set(CURLOPT_HEADERFUNCTION, &take_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
    set(CURLOPT_WRITEFUNCTION, &take_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
    set(CURLOPT_ERRORBUFFER, transfer.error.data());
    return fine;
}

std::optional<Host> host_of(std::string const& url) {
    std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> const parsed(curl_url(), &curl_url_cleanup);
    auto const part = [&](CURLUPart which) {
        char* text = nullptr;
        curl_url_get(parsed.get(), which, &text, CURLU_DEFAULT_PORT);
        std::string copy(text == nullptr ? "" : text);
        curl_free(text);
        return copy;
    };
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return {};
    Host host{.name = part(CURLUPART_HOST), .port = part(CURLUPART_PORT), .is_known = false};
    host.is_known = host.name.starts_with('[') || same_name(host.name, "localhost") ||
                    Address::read(host.name).has_value();
    return host;
}

std::optional<Host> host_to_resolve(Transfer const& transfer) {
    auto const& proxy = transfer.settings->proxy;
    return host_of(proxy ? proxy->url : transfer.parcel.url);
}

bool give_addresses(CURL* easy, Transfer& transfer, Addresses const& addresses) {
    auto const& host = transfer.host;
    auto const port = text::read_digits<std::uint16_t>(host.port).value_or(0);
    std::string list;
    for (auto const& address : addresses.found) {
        if (!is_allowed(*transfer.settings, address, port)) continue;
        auto const text = address.written();
        list += list.empty() ? "" : ",";
        list += address.v4() ? text : "[" + text + "]";
    }
    if (list.empty()) {
        transfer.refused = addresses.found.empty()
                               ? addresses.trouble
                               : addresses.found.front().written() + " is not a public address";
        transfer.receipt.fault = addresses.found.empty() ? PostFault::dns : PostFault::blocked;
        return false;
    }
    // "+": the addresses are dropped after CURLOPT_DNS_CACHE_TIMEOUT. Later addresses of the same
    // host and port replace them.
    auto const line = "+" + host.name + ":" + host.port + ":" + list;
    transfer.addresses = curl_slist_append(nullptr, line.c_str());
    return transfer.addresses != nullptr &&
           curl_easy_setopt(easy, CURLOPT_RESOLVE, transfer.addresses) == CURLE_OK;
}

bool note_refusal_of_proxy(Transfer& transfer) {
    auto const tunnelled = transfer.parcel.url.starts_with("https:");
    if (!transfer.settings->proxy || tunnelled || transfer.receipt.status != 407) return false;
    transfer.receipt.fault = PostFault::connect;
    transfer.receipt.trouble = "the proxy refuses: response 407";
    return true;
}

void release(CURL* easy, Transfer& transfer) {
    // A request that did not begin has not read the list, and curl_easy_reset() does not forget it.
    if (transfer.addresses != nullptr) curl_easy_setopt(easy, CURLOPT_RESOLVE, nullptr);
    curl_slist_free_all(std::exchange(transfer.headers, nullptr));
    curl_slist_free_all(std::exchange(transfer.addresses, nullptr));
}

}  // namespace updraft::webpost
