// How DDI's answers look in HTTP.
//
// Lives here: statuses for errors, the error body, and the media type of an answer.
// Not here:   what is in an answer (the files of the routes).
#pragma once

#include <string>
#include <string_view>

#include "http/router.h"
#include "vocabulary/result.h"

namespace updraft::ddi {

// 200 with a JSON body, in the media type that the request prefers.
[[nodiscard]] http::Reply answer(http::Request const& request, std::string body);
// 200 without a body.
[[nodiscard]] http::Reply done();

// {"exceptionClass","errorCode","message"} with the status of that error.
[[nodiscard]] http::Reply refusal(Error const& error);
[[nodiscard]] int status_of(Errc code);

// The same body for what the listener or the router refuses.
[[nodiscard]] http::Reply trouble(http::Trouble const& trouble);

}  // namespace updraft::ddi
