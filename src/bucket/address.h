// Where a bucket is: its name and prefix, and the address under which it is reached.
//
// Lives here: reading `s3://…` and base addresses, and which host and path an object has. Pure.
// Not here:   signing (bucket/signature_v4.h), which keys there are (bucket/keys.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vocabulary/result.h"

namespace updraft::bucket {

inline constexpr std::string_view bucket_scheme = "s3://";
inline constexpr std::int64_t put_bytes_max = std::int64_t{5} << 30;  // What S3 takes at once.

// "s3://BUCKET[/PREFIX]".
struct Place {
    std::string bucket;
    std::string prefix;  // Empty, or ending in "/".

    bool operator==(Place const&) const = default;
    [[nodiscard]] std::string written() const;
};
// Errc::invalid says what it must look like. Names are S3's own; a prefix is of the characters that
// every tool leaves alone.
[[nodiscard]] Result<Place> read_place(std::string_view text);

// "https://HOST[:PORT][/PATH]". The bucket's name stands where "{bucket}" does, or else it is the
// first segment behind the path.
struct BaseAddress {
    std::string scheme;  // "http" or "https".
    std::string host;    // With the port, unless it is the scheme's own.
    std::string path;    // Empty, or from "/" without one at its end.

    bool operator==(BaseAddress const&) const = default;
};
[[nodiscard]] Result<BaseAddress> read_base_address(std::string_view text);

struct Location {
    std::string scheme;
    std::string host;
    std::string path;  // Not encoded.
};
[[nodiscard]] Location location_of(BaseAddress const& base, std::string const& bucket,
                                   std::string_view key);

}  // namespace updraft::bucket
