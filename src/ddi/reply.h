// HTTP replies of the DDI edge: success and errors.
//
// Lives here: statuses of errors, the error body, and the media type of an answer.
//
// Not here:   what is in an answer (ddi/poll.h, ddi/deployment.h).
#pragma once

#include <string>
#include <string_view>

#include "ddi/context.h"
#include "http/router.h"
#include "vocabulary/result.h"

namespace updraft::ddi {

// 200 with a JSON body, in the media type that the request prefers.
[[nodiscard]] http::Reply answer(http::Request const& request, std::string body);
// 200 without a body.
[[nodiscard]] http::Reply done();

// {"exceptionClass","errorCode","message"} with the status of the error. For errors found by this
// edge: the message is the error's detail, except with status 500.
[[nodiscard]] http::Reply refusal(Error const& error);

// refusal() with a Retry-After, in full seconds: the device may try again after `wait`.
[[nodiscard]] http::Reply refusal(Error const& error, Millis wait);

// The same for an error from the store. With a status of 500 or above, `context.trouble` gets the
// error, and the message only says that the device may try again.
[[nodiscard]] http::Reply failure(Context const& context, http::Request const& request,
                                  Error const& error);

// The same for an error of the listener or the router.
[[nodiscard]] http::Reply trouble(http::Trouble const& trouble);

}  // namespace updraft::ddi
