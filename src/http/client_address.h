// The address of the client, as trusted proxies name it.
//
// Lives here: reading X-Forwarded-For.
//
// Not here:   which networks are trusted (http/networks.h), the peer of the connection
//             (http/connection.h).
#pragma once

#include <span>
#include <string_view>

#include "http/networks.h"
#include "http/words.h"

namespace updraft::http {

// For a request that came from the trusted proxy `peer`: the rightmost address of X-Forwarded-For
// that is no trusted proxy, without a port. Several fields are one list. What is no address ends
// the list, because who wrote it cannot be trusted. `peer` when no address is left. The view is of
// `peer` or of a field.
[[nodiscard]] std::string_view client_address(std::string_view peer, std::span<Field const> fields,
                                              Networks const& trusted_proxies);

}  // namespace updraft::http
