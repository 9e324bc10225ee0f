// Whether an answer means that a push has arrived.
//
// Lives here: the rules of acknowledging (P8) and of verifying a URL (P7).
// Not here:   what follows from it (push/record.h).
#pragma once

#include <string>
#include <string_view>

#include "ports/http_client.h"

namespace updraft::push {

// 2xx, and a body that is empty, or a JSON object whose `code` is 0 or "0" or not there.
[[nodiscard]] bool acknowledged(Receipt const& receipt);

// 2xx and {"code":0,"result":"<echo>"}: then empty; else what was wrong, for an operator.
[[nodiscard]] std::string verification_fault(Receipt const& receipt, std::string_view echo);

// The first 512 bytes of the answer, as text that can be shown; or what went wrong.
[[nodiscard]] std::string answer_excerpt(Receipt const& receipt);

}  // namespace updraft::push
