// Digests of bytes: computed at once or in pieces, as raw bytes or lower-case hex.
//
// Lives here: SHA-256, SHA-1 and MD5 (the last two because DDI clients check them).
//
// Not here:   keyed digests (push/signature.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace updraft {

// Raw 32 bytes.
using Sha256 = std::array<std::uint8_t, 32>;

[[nodiscard]] Sha256 sha256(std::string_view bytes);
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

// The three digests of an artifact, in lower-case hex.
struct Digests {
    std::string sha256;
    std::string sha1;
    std::string md5;

    bool operator==(Digests const&) const = default;
};

// Computes all three over bytes that arrive in pieces. Used by one thread at a time.
class DigestStream {
public:
    DigestStream();
    ~DigestStream();
    DigestStream(DigestStream&&) noexcept;
    DigestStream& operator=(DigestStream&&) noexcept;

    void append(std::string_view bytes);
    // Ends the stream; append() must not be called afterwards.
    [[nodiscard]] Digests finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace updraft
