// The keys of a bucket's objects: the layout of an artifact folder, below a prefix.
//
//   PREFIXab/ab34…        a blob, named by its SHA-256
//   PREFIXchecked/ab34…   0 bytes; its Last-Modified is the time of the last complete check
//   PREFIXdamaged/ab34…   a blob whose bytes no longer have the digest that its name states; never
//                         served
//
// Lives here: the names.
//
// Not here:   reading and writing objects (bucket/client.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "blobdir/layout.h"

namespace updraft::bucket {

// Every `sha256` is 64 lower-case hexadecimal digits (blobdir/layout.h).
struct Keys {
    std::string prefix;  // Empty, or ends with "/".

    [[nodiscard]] std::string blob(std::string const& sha256) const {
        return prefix + sha256.substr(0, 2) + "/" + sha256;
    }
    [[nodiscard]] std::string marks() const { return prefix + "checked/"; }
    [[nodiscard]] std::string mark(std::string const& sha256) const { return marks() + sha256; }
    [[nodiscard]] std::string damaged(std::string const& sha256) const {
        return prefix + "damaged/" + sha256;
    }

    // The digest at the end of the key; nothing when the key does not end with one.
    [[nodiscard]] static std::optional<std::string> digest_of(std::string_view key) {
        if (key.size() < blobdir::digest_characters) return std::nullopt;
        auto const name = key.substr(key.size() - blobdir::digest_characters);
        if (!blobdir::is_digest(name)) return std::nullopt;
        return std::string(name);
    }
};

}  // namespace updraft::bucket
