// A bounded look into a file of any size, from anywhere in it.
//
// Lives here: the allowance that all readers of one file share, and a window so that small looks
//             next to each other cost one read.
// Not here:   where bytes come from (the caller's function), what they mean (firmware/images/).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace updraft::firmware {

// Used by one thread.
class Peek {
public:
    // Of one file, whatever it says: reading stops here.
    static constexpr std::size_t allowance_bytes = 4U * 1024 * 1024;

    // Fills `into` from that offset on and answers how many bytes it gave: fewer than asked for
    // only at the end of the file or when reading failed.
    using Read = std::function<std::size_t(std::int64_t offset, std::span<char> into)>;

    Peek(std::int64_t bytes, Read read) : bytes_(bytes), read_(std::move(read)) {}
    // Of bytes in memory, which must outlive it.
    explicit Peek(std::string_view content);

    [[nodiscard]] std::int64_t bytes() const { return bytes_; }
    // Exactly these bytes; nothing when the file has not got them or the allowance is used up.
    [[nodiscard]] std::optional<std::string> exactly(std::int64_t offset, std::size_t count);
    // These bytes or as many of them as there are.
    [[nodiscard]] std::string up_to(std::int64_t offset, std::size_t count);
    // A text that ends with a NUL within `count` bytes, without it.
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
