// Encrypts secrets that must be readable later (Appkeys, push secrets), so that the database alone
// does not reveal them.
//
// Lives here: encrypting with the key file's key, and decrypting (libsodium secretbox).
//
// Not here:   the key file (app/process/key_file.h), which secrets there are (access/app_keys.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "access/app.h"
#include "ports/id_source.h"
#include "vocabulary/result.h"
#include "vocabulary/secret.h"

namespace updraft::access {

// Safe to use from any thread.
class Seal {
public:
    static constexpr std::size_t key_bytes = 32;

    // Errc::invalid unless the key has exactly key_bytes bytes.
    [[nodiscard]] static Result<Seal> with_key(Secret const& key);
    ~Seal();
    Seal(Seal const&) = default;
    Seal& operator=(Seal const&) = default;

    // Encrypts `text` with a random nonce.
    [[nodiscard]] Sealed close(std::string_view text, IdSource& id_source) const;
    // Decrypts. Errc::corrupt when it was encrypted with another key or was changed.
    [[nodiscard]] Result<Secret> open(Sealed const& sealed) const;

private:
    Seal() = default;

    std::array<std::uint8_t, key_bytes> key_{};
};

}  // namespace updraft::access
