// A push message on its way to one app, and the attempts to deliver it.
//
// Lives here: the nouns.
// Not here:   what a message says (push/message.h), when it is tried again (push/backoff.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft::push {

enum class MsgType : std::uint8_t { progress, result, new_firmware };
enum class DeliveryState : std::uint8_t { pending, delivered, dead };

// The state as the admin API and the database write it.
[[nodiscard]] constexpr std::string_view word(DeliveryState state) {
    switch (state) {
        case DeliveryState::pending:
            return "pending";
        case DeliveryState::delivered:
            return "delivered";
        case DeliveryState::dead:
            return "dead";
    }
    return "";
}

// Messages of one (app, did, stream) are a lane: delivered one after the other, in order.
enum class Stream : std::uint8_t { upgrade, notice };

[[nodiscard]] constexpr Stream stream_of(MsgType type) {
    return type == MsgType::new_firmware ? Stream::notice : Stream::upgrade;
}

struct Attempt {
    Instant at;
    int status = 0;  // HTTP status; 0 when no answer came.
    std::int64_t duration_ms = 0;
    std::string answer;  // At most the first 512 bytes of the answer, or what went wrong.

    bool operator==(Attempt const&) const = default;
};

inline constexpr std::size_t answer_bytes_max = 512;

struct Delivery {
    WebhookId webhook_id;
    AppId appid;
    Did did;
    MsgType type = MsgType::result;
    std::string body;  // The exact bytes that are sent, every time.
    DeliveryState state = DeliveryState::pending;
    std::int64_t attempts = 0;
    Instant created_at;
    std::optional<Instant> next_attempt_at;
    std::optional<Instant> delivered_at;
};

}  // namespace updraft::push
