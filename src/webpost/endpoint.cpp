#include "webpost/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace updraft::webpost {

std::optional<std::pair<text::Address, std::uint16_t>> endpoint_of(sockaddr const& generic,
                                                                   socklen_t size) {
    sockaddr_storage storage{};
    std::memcpy(&storage, &generic, std::min<std::size_t>(size, sizeof storage));
    if (storage.ss_family == AF_INET) {
        sockaddr_in four{};
        std::memcpy(&four, &storage, sizeof four);
        return std::pair(text::Address::v4(ntohl(four.sin_addr.s_addr)), ntohs(four.sin_port));
    }
    if (storage.ss_family == AF_INET6) {
        sockaddr_in6 six{};
        std::memcpy(&six, &storage, sizeof six);
        text::Address address;
        std::memcpy(address.bytes.data(), &six.sin6_addr, address.bytes.size());
        return std::pair(address, ntohs(six.sin6_port));
    }
    return std::nullopt;
}

}  // namespace updraft::webpost
