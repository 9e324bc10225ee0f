// The data directory and the files with secrets.
//
// Lives here: DIR (0700) and its lock; DIR/secret.key and DIR/admin-token (0600), which are made
//             once and read at each start; the file of a bucket's secret key.
//
// Not here:   who else may read such files (vocabulary/secret_file.h), sealing with the key
//             (access/seal.h), whether the key belongs to the store (app/first_start.h).
#pragma once

#include <optional>
#include <string>

#include "ports/id_source.h"
#include "vocabulary/result.h"
#include "vocabulary/secret.h"

namespace updraft::app {

// A data directory, locked (flock) until this object is destroyed. One thread at a time.
class DataDir {
public:
    // Makes the directory (0700) when it does not exist, and locks it. Errc::conflict when another
    // server has locked it, Errc::unavailable when it cannot be made or opened.
    [[nodiscard]] static Result<DataDir> hold(std::string path);
    ~DataDir();
    DataDir(DataDir&& other) noexcept;
    DataDir& operator=(DataDir&&) = delete;

    [[nodiscard]] std::string const& path() const { return path_; }

private:
    DataDir(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

    std::string path_;
    int descriptor_;
};

inline constexpr std::size_t secret_key_bytes = 32;

// The raw bytes of the key. Nothing when there is no file; Errc::corrupt when it contains no key.
[[nodiscard]] Result<std::optional<Secret>> read_key_file(std::string const& path);
// Makes a new key. The file (0600) is on the disk when this returns.
[[nodiscard]] Result<Secret> make_key_file(std::string const& path, IdSource& id_source);

// The token in that file, without white space around it. Nothing when there is no file;
// Errc::corrupt when the token is too short to be safe.
[[nodiscard]] Result<std::optional<Secret>> read_token_file(std::string const& path);
[[nodiscard]] Result<Secret> make_token_file(std::string const& path, IdSource& id_source);
// Replaces the token in the file. The file (0600) is on the disk when this returns.
[[nodiscard]] Result<void> put_token_file(std::string const& path, Secret const& token);

// [firmware] secret_key_file: one word. Errors do not contain it.
[[nodiscard]] Result<Secret> read_secret_key(std::string const& path);

}  // namespace updraft::app
