// Decides whether an answer means that a push has arrived.
//
// Lives here: the rules of acknowledging (P8) and of verifying a URL (P7).
//
// Not here:   what is recorded and done then (push/record.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ports/http_client.h"
#include "push/delivery.h"

namespace updraft::push {

// Why the answer does not acknowledge the push; nothing when it does.
[[nodiscard]] std::optional<AttemptFault> fault_of(Receipt const& receipt);

// True for 2xx with an empty body, or with a JSON object whose `code` is 0, "0" or absent. White
// space and a byte order mark alone count as an empty body.
[[nodiscard]] bool acknowledged(Receipt const& receipt);

// Empty when the answer is 2xx with {"code":0,"result":"<echo>"}; otherwise what is wrong with it,
// as a text of ours for an operator: it repeats nothing that a library or the receiver said.
[[nodiscard]] std::string verification_fault(Receipt const& receipt, std::string_view echo);

// The first 512 bytes of the answer, as text that can be shown.
[[nodiscard]] std::string answer_excerpt(Receipt const& receipt);

}  // namespace updraft::push
