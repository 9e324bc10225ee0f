// A push message to one app, and the attempts to deliver it.
//
// Lives here: the types, and the names of their values in the store and in the API.
//
// Not here:   what a message says (push/message.h), when it is tried again (push/backoff.h).
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/ulid.h"
#include "vocabulary/enum_words.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft::push {

enum class MsgType : std::uint8_t { progress, result, new_firmware, withdrawn };

// The names of message types in the store, in the order of MsgType.
inline constexpr EnumWords<4> msg_type_words{"progress", "result", "new_firmware", "withdrawn"};
// Their names in push messages (msgType) and in the admin API.
inline constexpr EnumWords<4> msg_type_wire_words{"ota_upgrade_progress", "ota_upgrade_result",
                                                  "ota_new_firmware", "ota_firmware_withdrawn"};

[[nodiscard]] constexpr std::string_view word(MsgType type) {
    return word_in(msg_type_words, type);
}
[[nodiscard]] constexpr std::optional<MsgType> read_msg_type(std::string_view text) {
    return value_in<MsgType>(msg_type_words, text);
}
[[nodiscard]] constexpr std::string_view wire_word(MsgType type) {
    return word_in(msg_type_wire_words, type);
}

// Sorts before every id of a message (IdSource::webhook_id()) that was made at that time or later,
// and after all earlier ones.
[[nodiscard]] inline WebhookId first_id_at(Instant at) {
    constexpr std::int64_t ulid_ms_max = (1LL << 48) - 1;
    auto const ms = std::clamp<std::int64_t>(at.ms, 0, ulid_ms_max);
    return {"msg_" + text::ulid_time(static_cast<std::uint64_t>(ms))};
}

enum class DeliveryState : std::uint8_t { pending, delivered, dead };

// The names of delivery states in the admin API and in the store, in the order of DeliveryState.
inline constexpr EnumWords<3> delivery_state_words{"pending", "delivered", "dead"};

[[nodiscard]] constexpr std::string_view word(DeliveryState state) {
    return word_in(delivery_state_words, state);
}
[[nodiscard]] constexpr std::optional<DeliveryState> read_delivery_state(std::string_view text) {
    return value_in<DeliveryState>(delivery_state_words, text);
}

// The messages of one (app, did, stream) are a lane: they are delivered in order, one at a time.
enum class Stream : std::uint8_t { upgrade, notice };

// The names of streams in the store, in the order of Stream.
inline constexpr EnumWords<2> stream_words{"upgrade", "notice"};

[[nodiscard]] constexpr std::string_view word(Stream stream) {
    return word_in(stream_words, stream);
}

[[nodiscard]] constexpr Stream stream_of(MsgType type) {
    auto const notice = type == MsgType::new_firmware || type == MsgType::withdrawn;
    return notice ? Stream::notice : Stream::upgrade;
}

// Why an attempt failed: no complete answer came (as PostFault), or one that does not acknowledge.
enum class AttemptFault : std::uint8_t {
    dns,
    blocked,
    connect,
    tls,
    timeout,
    closed,
    status,  // Not 2xx.
    body,    // Too long, or not a JSON object.
    code,    // A JSON object whose code is not 0.
};

// The names of faults in the store and in the admin API, in the order of AttemptFault.
inline constexpr EnumWords<9> attempt_fault_words{"dns",    "blocked", "connect", "tls", "timeout",
                                                  "closed", "status",  "body",    "code"};

[[nodiscard]] constexpr std::string_view word(AttemptFault fault) {
    return word_in(attempt_fault_words, fault);
}
[[nodiscard]] constexpr std::optional<AttemptFault> read_attempt_fault(std::string_view text) {
    return value_in<AttemptFault>(attempt_fault_words, text);
}

struct Attempt {
    Instant at;
    int status = 0;  // HTTP status; 0 when no answer came.
    std::int64_t duration_ms = 0;
    std::string answer;                      // The first answer_bytes_max bytes of the answer.
    std::optional<AttemptFault> fault = {};  // Absent: acknowledged, or recorded before 0.2.

    bool operator==(Attempt const&) const = default;
};

inline constexpr std::size_t answer_bytes_max = 512;

struct Delivery {
    WebhookId webhook_id;
    AppId appid;
    Did did;
    MsgType type = MsgType::result;
    std::string body;  // Every attempt sends these bytes.
    DeliveryState state = DeliveryState::pending;
    std::int64_t attempts = 0;
    Instant created_at;
    std::optional<Instant> next_attempt_at;
    std::optional<Instant> delivered_at;
};

}  // namespace updraft::push
