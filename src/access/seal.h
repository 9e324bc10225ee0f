// Secrets that must be sent again (Appkeys, push secrets), kept so that the database alone does not
// give them away.
//
// Lives here: sealing a text with the key file's key, and opening it again (libsodium secretbox).
// Not here:   the key file (app/key_file.h), which secrets there are (access/app_keys.h).
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

    [[nodiscard]] Sealed close(std::string_view text, IdSource& id_source) const;
    // Errc::corrupt when it was sealed with another key, or was changed since.
    [[nodiscard]] Result<Secret> open(Sealed const& sealed) const;

private:
    Seal() = default;

    std::array<std::uint8_t, key_bytes> key_{};
};

}  // namespace updraft::access
