// A source of random ids, tokens, keys and jitter.
//
// Lives here: the port (random bytes) and the forms made of them.
// Not here:   the system's source (app/process/system_id_source.h), the tests' sequence
//             (stage/sequence_id_source).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft {

// Safe to call from any thread. The bytes of fill() are random enough for cryptographic keys.
class IdSource {
public:
    virtual ~IdSource() = default;
    virtual void fill(std::span<std::uint8_t> bytes) = 0;

    // `bytes` random bytes as lower-case hex: twice as many characters.
    [[nodiscard]] std::string hex(std::size_t bytes);
    // `characters` of [A-Za-z0-9], each equally likely.
    [[nodiscard]] std::string alphanumeric(std::size_t characters);
    // 256 random bits, URL-safe base64 without padding: 43 characters.
    [[nodiscard]] std::string token();
    // 192 random bits in the same form: 32 characters, the most that some devices can hold.
    [[nodiscard]] std::string device_token();
    // 26 characters of Crockford's base 32: 48 bits of time, 80 random ones
    // (https://github.com/ulid/spec).
    [[nodiscard]] std::string ulid(Instant now);
    // A whole number in [0, bound), each equally likely; `bound` must be > 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound);

    [[nodiscard]] AppId app_id() { return {hex(12)}; }
    [[nodiscard]] OrderId order_id(Instant now) { return {ulid(now)}; }
    [[nodiscard]] WebhookId webhook_id(Instant now) { return {"msg_" + ulid(now)}; }
};

}  // namespace updraft
