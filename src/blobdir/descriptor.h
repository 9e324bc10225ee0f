// A file descriptor that closes itself, and the calls on it that can fail.
//
// Lives here: complete reads and writes, flushing, and the Error made from errno.
//
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

// Owns one descriptor. Used by one thread at a time.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor();
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept;

    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] explicit operator bool() const { return number_ >= 0; }
    // Gives up ownership: the caller closes the descriptor.
    [[nodiscard]] int release() { return std::exchange(number_, -1); }

private:
    int number_ = -1;
};

// An Error that names the attempted operation and the text of `number`, an errno. Its code is
// always Errc::unavailable: a full disk, a quota and a broken disk are not told apart.
[[nodiscard]] Error disk_error(std::string const& tried, int number);

// Opens for reading. The descriptor is invalid when the file cannot be opened; errno says why.
[[nodiscard]] Descriptor open_to_read(std::filesystem::path const& file);

// Writes every byte. This and the calls below fail with disk_error().
[[nodiscard]] Result<void> write_all(Descriptor const& file, std::string_view bytes);
// Passes every byte to `sink`, in pieces of at most 1 MiB.
[[nodiscard]] Result<void> read_all(Descriptor const& file,
                                    std::function<void(std::string_view)> const& sink);
// Reads from `offset` and answers the number of bytes, which is smaller than `into` only at the end
// of the file.
[[nodiscard]] Result<std::size_t> read_at(Descriptor const& file, std::int64_t offset,
                                          std::span<char> into);
// Makes the file's bytes durable (fsync).
[[nodiscard]] Result<void> flush(Descriptor const& file);
// Makes the names in that folder durable (fsync). Without a path, as of a relative file name: in
// the current folder.
[[nodiscard]] Result<void> flush_folder(std::filesystem::path const& folder);

}  // namespace updraft::blobdir
