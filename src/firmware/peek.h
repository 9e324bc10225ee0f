// Random access to a file of any size, with a limit on the bytes that are read.
//
// Lives here: the limit that all readers of one file share, and a window of recently read bytes, so
//             that several small reads next to each other cost one.
//
// Not here:   where the bytes come from (the caller's function), what they mean (firmware/images/).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace updraft::firmware {

// Used by one thread at a time.
class Peek {
public:
    // At most this many bytes of one file are read. Afterwards reads answer nothing.
    static constexpr std::size_t allowance_bytes = 16U * 1024 * 1024;

    // Fills `into` from `offset` and answers the number of bytes, which is smaller than `into` only
    // at the end of the file or when reading failed.
    using Read = std::function<std::size_t(std::int64_t offset, std::span<char> into)>;

    Peek(std::int64_t bytes, Read read) : bytes_(bytes), read_(std::move(read)) {}
    // Reads from memory; `content` must outlive the Peek.
    explicit Peek(std::string_view content);

    [[nodiscard]] std::int64_t bytes() const { return bytes_; }
    // How many bytes may still be read; 0 after a read that would have exceeded the limit.
    [[nodiscard]] std::size_t allowance() const { return allowance_; }
    // Exactly `count` bytes; nothing when the file is shorter or the limit is reached.
    [[nodiscard]] std::optional<std::string> exactly(std::int64_t offset, std::size_t count);
    // Up to `count` bytes; fewer at the end of the file or when the limit is reached.
    [[nodiscard]] std::string up_to(std::int64_t offset, std::size_t count);
    // The text before the first NUL of `count` bytes; nothing when there is no NUL.
    [[nodiscard]] std::optional<std::string> text(std::int64_t offset, std::size_t count);

private:
    [[nodiscard]] std::string load(std::int64_t offset, std::size_t count);

    std::int64_t bytes_;
    Read read_;
    std::size_t allowance_ = allowance_bytes;
    std::int64_t window_at_ = 0;
    std::string window_;
};

}  // namespace updraft::firmware
