// The data directory, the two secrets kept as files in it, and the bucket's, which is elsewhere.
//
// Lives here: DIR (0700) and who holds it, DIR/secret.key and DIR/admin-token (0600): made once,
//             read ever after.
// Not here:   sealing with the key (access/seal.h), whether it is the store's (app/first_start.h).
#pragma once

#include <optional>
#include <string>

#include "ports/id_source.h"
#include "vocabulary/result.h"
#include "vocabulary/secret.h"

namespace updraft::app {

// A data directory held by this process until it is destroyed (flock). One thread at a time.
class DataDir {
public:
    // Makes it (0700) when it is not there. Errc::conflict when another server holds it,
    // Errc::unavailable when it cannot be made or opened.
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

// The raw bytes of the key. Nothing when the file is not there; Errc::corrupt when it is no key.
[[nodiscard]] Result<std::optional<Secret>> read_key_file(std::string const& path);
// A new key, durable under that name (0600) before it is answered.
[[nodiscard]] Result<Secret> make_key_file(std::string const& path, IdSource& id_source);

// The token in that file, without white space around it. Nothing when the file is not there;
// Errc::corrupt when what it holds is too short to be safe.
[[nodiscard]] Result<std::optional<Secret>> read_token_file(std::string const& path);
[[nodiscard]] Result<Secret> make_token_file(std::string const& path, IdSource& id_source);

// [firmware] secret_key_file: one word in a file that nobody else may read. No error repeats it.
[[nodiscard]] Result<Secret> read_secret_key(std::string const& path);

}  // namespace updraft::app
