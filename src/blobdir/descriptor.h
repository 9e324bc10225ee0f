// A file descriptor that closes itself, and the few calls on it that can fail for good reasons.
//
// Lives here: writing all of it, flushing, and what errno means to us.
// Not here:   names and folders of blobs (blobdir/blob_dir.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "vocabulary/result.h"

namespace updraft::blobdir {

class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor();
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept;

    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] explicit operator bool() const { return number_ >= 0; }
    // Whoever asks closes it.
    [[nodiscard]] int release() { return std::exchange(number_, -1); }

private:
    int number_ = -1;
};

// An Error that says what was tried and what the system answered (errno). All of them are
// Errc::unavailable: a full disk, a quota and a broken disk end a write alike.
[[nodiscard]] Error disk_error(std::string const& tried, int number);

// For reading; an invalid one when the file is not there or can't be opened (errno says why).
[[nodiscard]] Descriptor open_to_read(std::filesystem::path const& file);

[[nodiscard]] Result<void> write_all(Descriptor const& file, std::string_view bytes);
// Every byte to `sink`, in pieces of at most 1 MiB.
[[nodiscard]] Result<void> read_all(Descriptor const& file,
                                    std::function<void(std::string_view)> const& sink);
// Bytes from that offset on: fewer than asked for only at the end of the file.
[[nodiscard]] Result<std::size_t> read_at(Descriptor const& file, std::int64_t offset,
                                          std::span<char> into);
[[nodiscard]] Result<void> flush(Descriptor const& file);
// Makes names in that folder durable.
[[nodiscard]] Result<void> flush_folder(std::filesystem::path const& folder);

}  // namespace updraft::blobdir
