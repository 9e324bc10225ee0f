// What kind of fault libcurl reports.
//
// Lives here: the table from libcurl's codes to our words.
//
// Not here:   faults that we find ourselves (webpost/transfer.h), what follows from a fault
//             (push/acknowledge.h).
#pragma once

#include <curl/curl.h>

#include "ports/http_client.h"

namespace updraft::webpost {

// The fault of the request of `easy`, which ended with `code`, which is not CURLE_OK. A proxy that
// refuses the tunnel is a fault of connecting.
[[nodiscard]] PostFault fault_of(CURL* easy, CURLcode code);

}  // namespace updraft::webpost
