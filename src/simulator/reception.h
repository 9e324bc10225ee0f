// Receives a push as the server of an app does: checks its signature, reads it, answers.
//
// Lives here: verification (P7), signatures (P6), and a readable line for each message. Shares no
//             code with push/, so that the same mistake in both is unlikely.
//
// Not here:   HTTP (simulator/push_receiver.h).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/secret.h"

namespace updraft::simulator {

// Finds a header field by its name; nothing when it was not sent.
using Field = std::function<std::optional<std::string_view>(std::string_view name)>;

struct Reception {
    int status = 200;
    std::string answer;  // JSON.
    std::string line;    // For people; empty when there is nothing to report.
};

// Answers verifications and messages that are signed with `push_secret` ("whsec_…"). Anything else
// is refused with 401 or 400, and the line says why.
[[nodiscard]] Reception receive(Field const& field, std::string_view body,
                                Secret const& push_secret);

// True when one of the signatures in `signatures` ("v1,…" separated by spaces) is valid.
[[nodiscard]] bool signed_with(Secret const& push_secret, std::string_view id,
                               std::string_view timestamp, std::string_view body,
                               std::string_view signatures);

}  // namespace updraft::simulator
