// AWS Signature Version 4 for S3: signatures in header fields and in addresses.
//
// Lives here: the canonical form of a request and both kinds of signature. Pure: time is an
//             argument.
//
// Not here:   sending requests (bucket/client.h), addresses of buckets (bucket/address.h).
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vocabulary/instant.h"
#include "vocabulary/secret.h"

namespace updraft::bucket {

struct Credentials {
    std::string access_key;
    Secret secret_key;
    std::string region;
};

// Names and values, not percent-encoded, in any order.
using Pairs = std::vector<std::pair<std::string, std::string>>;

// SignAsk::payload of a request without a body, and of one whose body is not signed.
inline constexpr std::string_view empty_sha256 =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
inline constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

struct SignAsk {
    std::string_view method;   // Such as "GET".
    std::string host;          // Exactly as in the Host field, with a port if that has one.
    std::string path;          // Starts with "/", not percent-encoded.
    Pairs query{};             // Without the parameters that signing adds.
    Pairs headers{};           // Lower-case names, without "host"; all of them are signed.
    std::string_view payload;  // Lower-case hex of the body's SHA-256, or unsigned_payload.
};

// The fields to send in addition to `headers`: authorization, x-amz-date and x-amz-content-sha256.
[[nodiscard]] Pairs signed_fields(SignAsk ask, Credentials const& credentials, Instant now);

// Path and query, percent-encoded, with a signature that is valid until `ttl` after `now`, for
// everybody who has them. S3 accepts at most seven days.
[[nodiscard]] std::string signed_target(SignAsk ask, Credentials const& credentials, Instant now,
                                        std::chrono::seconds ttl);

// Path and query of the request, percent-encoded as they were signed.
[[nodiscard]] std::string target_of(SignAsk const& ask);

}  // namespace updraft::bucket
