// A file that is opened and read without waiting for ever.
//
// Lives here: opening, and reading up to a number of bytes; a pipe that nobody writes into.
//
// Not here:   who may read a file that holds a secret (vocabulary/secret_file.h), what a missing
//             file means to its readers.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <string>

#include "vocabulary/result.h"

namespace updraft {

// Owns one descriptor. Used by one thread.
class OpenedFile {
public:
    // Never waits: a pipe without a writer is opened too.
    explicit OpenedFile(std::string const& path);
    ~OpenedFile();
    OpenedFile(OpenedFile const&) = delete;
    OpenedFile& operator=(OpenedFile const&) = delete;

    // An errno, 0 when the file is open.
    [[nodiscard]] int trouble() const { return trouble_; }
    // Who owns the opened file, and its mode: the name may mean another file by now.
    [[nodiscard]] struct stat const& seen() const { return seen_; }
    // Every byte. Errc::too_large when there are more than `bytes_max`; Errc::unavailable when they
    // cannot be read, and when nobody writes into a pipe for some seconds. Errors name the file.
    [[nodiscard]] Result<std::string> read(std::size_t bytes_max) const;

private:
    [[nodiscard]] Result<std::size_t> read_piece(char* into, std::size_t size) const;

    std::string const& path_;
    int number_;
    int trouble_ = 0;
    struct stat seen_ {};
};

// The error of a file that cannot be read, by its errno: "PATH cannot be read: REASON".
[[nodiscard]] tl::unexpected<Error> unreadable_file(std::string const& path, int error);

}  // namespace updraft
