// Compares the Content-Type of a request.
//
// Lives here: media types without their parameters.
//
// Not here:   which types a call refuses (in the call's file).
#pragma once

#include <string_view>

#include "http/exchange.h"

namespace updraft::admin {

// True when a Content-Type of the request is `type`, in lower case, in any case and with any
// parameters. A `type` that ends in '/' stands for all of its subtypes.
[[nodiscard]] bool has_media_type(http::Request const& request, std::string_view type);

}  // namespace updraft::admin
