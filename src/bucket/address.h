// The location of a bucket: its name and prefix, and the HTTP address of its server.
//
// Lives here: reading `s3://…` and base addresses, and the host and path of an object. Pure.
//
// Not here:   signing (bucket/signature_v4.h), the keys of objects (bucket/keys.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vocabulary/result.h"

namespace updraft::bucket {

inline constexpr std::string_view bucket_scheme = "s3://";
inline constexpr std::int64_t put_bytes_max = std::int64_t{5} << 30;  // S3's limit of one PUT.

// "s3://BUCKET[/PREFIX]".
struct Place {
    std::string bucket;
    std::string prefix;  // Empty, or ends with "/".

    bool operator==(Place const&) const = default;
    // As read_place() reads it.
    [[nodiscard]] std::string written() const;
};
// Errc::invalid, with the expected form. The bucket's name follows S3's rules; a prefix consists of
// characters that need no encoding.
[[nodiscard]] Result<Place> read_place(std::string_view text);

// "https://HOST[:PORT][/PATH]". The bucket's name replaces "{bucket}"; without "{bucket}", it is
// the first segment after the path.
struct BaseAddress {
    std::string scheme;  // "http" or "https".
    std::string host;    // With the port, unless it is the scheme's default port.
    std::string path;    // Empty, or starts with "/" and does not end with "/".

    bool operator==(BaseAddress const&) const = default;
};
// Errc::invalid, with the expected form.
[[nodiscard]] Result<BaseAddress> read_base_address(std::string_view text);

// The address of one object.
struct Location {
    std::string scheme;
    std::string host;
    std::string path;  // Not percent-encoded.
};
[[nodiscard]] Location location_of(BaseAddress const& base, std::string const& bucket,
                                   std::string_view key);

}  // namespace updraft::bucket
