// One post, as options and callbacks of libcurl.
//
// Lives here: the options of a request, the limits of its answer, the check of its address, handing
//             resolved addresses over to libcurl.
//
// Not here:   the thread and its connections (webpost/curl_http_client.h), resolving names
//             (webpost/resolver.h).
#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "webpost/curl_http_client.h"
#include "webpost/resolver.h"

namespace updraft::webpost {

// How long libcurl connects to resolved addresses without another look-up. A connection that is
// kept open needs none.
inline constexpr std::chrono::seconds addresses_kept{30};

// The host and port of a URL, as libcurl writes them.
struct Host {
    std::string name;
    std::string port;
    bool is_known = false;  // libcurl needs no look-up: an IP address, or localhost.
};

// libcurl keeps its address while the request runs, so it must not move.
struct Transfer {
    Parcel parcel;
    std::function<void(Receipt)> done;
    HttpClientSettings const* settings = nullptr;
    Receipt receipt;
    Millis begun{0};           // Monotonic.
    std::string refused;       // Why we ended the request ourselves; empty otherwise.
    Host host;                 // Set when it is needed.
    bool host_wanted = false;  // libcurl ended the request because it has no addresses of the host.
    bool host_given = false;   // The host was resolved for this request.
    std::size_t header_bytes = 0;
    curl_slist* headers = nullptr;
    curl_slist* addresses = nullptr;
    std::array<char, CURL_ERROR_SIZE> error{};
};

// True, with the fault in the receipt, when its answer is the proxy's own refusal: without a tunnel
// that comes in place of the receiver's answer (RFC 9110, 15.5.8).
bool note_refusal_of_proxy(Transfer& transfer);

// Prepares the handle. False when libcurl refuses an option. `transfer` must outlive the request.
// The request ends with `host_wanted` when it needs a new connection and libcurl has no addresses
// of the host, unless the host is known.
[[nodiscard]] bool set_up(CURL* easy, Transfer& transfer);
// Frees what set_up() and give_addresses() allocated, after the request has ended.
void release(CURL* easy, Transfer& transfer);

// Nothing for a text that is not a URL.
[[nodiscard]] std::optional<Host> host_of(std::string const& url);
// The host that the request connects to: the URL's, or the proxy's.
[[nodiscard]] std::optional<Host> host_to_resolve(Transfer const& transfer);

// Gives libcurl those of the addresses that may be connected to (the proxy's: all), for this
// request and for later ones within `addresses_kept`. False, with the reason in `transfer.refused`,
// when there is none.
[[nodiscard]] bool give_addresses(CURL* easy, Transfer& transfer, Addresses const& addresses);

}  // namespace updraft::webpost
