#include "webpost/transfer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "vocabulary/field_line.h"

namespace updraft::webpost {
namespace {

std::optional<std::pair<Address, std::uint16_t>> endpoint_of(sockaddr_storage const& generic) {
    if (generic.ss_family == AF_INET) {
        sockaddr_in four{};
        std::memcpy(&four, &generic, sizeof four);
        return std::pair(Address::v4(ntohl(four.sin_addr.s_addr)), ntohs(four.sin_port));
    }
    if (generic.ss_family == AF_INET6) {
        sockaddr_in6 six{};
        std::memcpy(&six, &generic, sizeof six);
        Address address;
        std::memcpy(address.bytes.data(), &six.sin6_addr, address.bytes.size());
        return std::pair(address, ntohs(six.sin6_port));
    }
    return std::nullopt;
}

// libcurl calls this with the address that it is about to connect to. Checking here is safe against
// DNS rebinding: a name that resolves to another address later cannot bypass the check.
curl_socket_t open_socket(void* transfer_pointer, curlsocktype, curl_sockaddr* target) {
    auto& transfer = *static_cast<Transfer*>(transfer_pointer);
    sockaddr_storage storage{};
    std::memcpy(&storage, &target->addr, std::min<std::size_t>(target->addrlen, sizeof storage));
    auto const endpoint = endpoint_of(storage);
    if (!endpoint) {
        transfer.refused = "the address is neither IPv4 nor IPv6";
        transfer.receipt.fault = PostFault::blocked;
        return CURL_SOCKET_BAD;
    }
    auto const& [address, port] = *endpoint;
    if (!may_connect(address, port, transfer.settings->allow_networks)) {
        transfer.refused = address.written() + " is not a public address";
        transfer.receipt.fault = PostFault::blocked;
        return CURL_SOCKET_BAD;
    }
    return socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
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
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NOPROXY, "*");
    set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!settings.ca_file.empty()) set(CURLOPT_CAINFO, settings.ca_file.c_str());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(parcel.timeout.count()));
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(parcel.timeout.count()));
    set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&transfer));
    set(CURLOPT_HEADERFUNCTION, &take_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
    set(CURLOPT_WRITEFUNCTION, &take_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
    set(CURLOPT_ERRORBUFFER, transfer.error.data());
    return fine;
}

}  // namespace updraft::webpost
