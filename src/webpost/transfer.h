// One post, as options and callbacks of libcurl.
//
// Lives here: the options of a request, the limits of its answer, the check of its address.
//
// Not here:   the thread and its connections (webpost/curl_http_client.h).
#pragma once

#include <curl/curl.h>

#include <array>
#include <functional>
#include <string>

#include "webpost/curl_http_client.h"

namespace updraft::webpost {

// libcurl keeps its address while the request runs, so it must not move.
struct Transfer {
    Parcel parcel;
    std::function<void(Receipt)> done;
    HttpClientSettings const* settings = nullptr;
    Receipt receipt;
    std::string refused;  // Why we ended the request ourselves; empty otherwise.
    std::size_t header_bytes = 0;
    curl_slist* headers = nullptr;
    std::array<char, CURL_ERROR_SIZE> error{};
};

// Prepares the handle. False when libcurl refuses an option. `transfer` must outlive the request.
[[nodiscard]] bool set_up(CURL* easy, Transfer& transfer);

}  // namespace updraft::webpost
