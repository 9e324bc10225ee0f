// One post as libcurl sees it.
//
// Lives here: the options of a request, the limits of its answer, the check of its address.
// Not here:   the thread and its connections (webpost/curl_http_client.h).
#pragma once

#include <curl/curl.h>

#include <array>
#include <functional>
#include <string>

#include "webpost/curl_http_client.h"

namespace updraft::webpost {

// Stays where it is while libcurl works on it.
struct Transfer {
    Parcel parcel;
    std::function<void(Receipt)> done;
    HttpClientSettings const* settings = nullptr;
    Receipt receipt;
    std::string refused;  // The address that was not connected to, and why.
    std::size_t header_bytes = 0;
    curl_slist* headers = nullptr;
    std::array<char, CURL_ERROR_SIZE> error{};
};

// Prepares the handle; false when libcurl refuses an option. `transfer` outlives the request.
[[nodiscard]] bool set_up(CURL* easy, Transfer& transfer);

}  // namespace updraft::webpost
