// What an app's backend makes of a push: is it genuine, what does it say, what is answered.
//
// Lives here: verification (P7), signatures (P6), and a readable line for each message.
// Not here:   HTTP (simulator/push_receiver.h). It is written apart from push/, so that one mistake
// in both is unlikely.
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
    std::string line;    // For people; empty when there is nothing to say.
};

// Answers a verification, and any message that is signed with `push_secret` ("whsec_…"); everything
// else is 401 or 400, and the line says why.
[[nodiscard]] Reception receive(Field const& field, std::string_view body,
                                Secret const& push_secret);

// True when one of the signatures in `signatures` ("v1,…" separated by spaces) is right.
[[nodiscard]] bool signed_with(Secret const& push_secret, std::string_view id,
                               std::string_view timestamp, std::string_view body,
                               std::string_view signatures);

}  // namespace updraft::simulator
