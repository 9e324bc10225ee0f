// A buffer of bytes that have arrived and are not used yet, in one block of memory.
//
// Lives here: growing, shrinking and removing bytes.
//
// Not here:   what the bytes mean (http/framing.h).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>
#include <memory>
#include <string_view>

#include "http/limits.h"

namespace updraft::http {

// The results of view() and space() are valid until the next call that is not const.
class InputBuffer {
public:
    [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::size_t room() const { return capacity_ - size_; }

    [[nodiscard]] std::size_t capacity() const { return capacity_; }

    // A place for at least `bytes` more bytes. After writing there, call arrived() with their
    // number.
    char* space(std::size_t bytes) { return space(bytes, std::numeric_limits<std::size_t>::max()); }
    // The same, but a new buffer has at most `capacity_max` bytes, which must be enough.
    char* space(std::size_t bytes, std::size_t capacity_max) {
        if (room() < bytes) {
            reallocate(std::min(std::max(size_ + bytes, size_ * 2), capacity_max));
        }
        return bytes_.get() + size_;
    }
    void arrived(std::size_t bytes) { size_ += bytes; }

    void append(std::string_view bytes) {
        if (bytes.empty()) return;
        std::memcpy(space(bytes.size()), bytes.data(), bytes.size());
        size_ += bytes.size();
    }

    // Removes `bytes` bytes from offset `from` on.
    void erase(std::size_t from, std::size_t bytes) {
        auto const rest = size_ - from - bytes;
        if (rest > 0) std::memmove(bytes_.get() + from, bytes_.get() + from + bytes, rest);
        size_ -= bytes;
    }

    // Frees an empty buffer that is larger than an idle connection needs.
    void shrink() {
        if (size_ == 0 && capacity_ > read_buffer_idle_bytes) {
            bytes_.reset();
            capacity_ = 0;
        }
    }
    // Call after a request: gives back the memory of a large body, also when the next request has
    // begun to arrive.
    void give_back() {
        if (capacity_ > read_buffer_kept_bytes && size_ <= capacity_ / 4) reallocate(size_);
    }

private:
    void reallocate(std::size_t capacity) {
        capacity = std::max(capacity, read_buffer_idle_bytes);
        auto grown = std::unique_ptr<char[]>(new char[capacity]);
        if (size_ > 0) std::memcpy(grown.get(), bytes_.get(), size_);
        bytes_ = std::move(grown);
        capacity_ = capacity;
    }

    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace updraft::http
