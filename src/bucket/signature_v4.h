// AWS Signature Version 4 for S3: what a request is signed with, in its header or in its address.
//
// Lives here: the canonical form of a request and its two signatures. Pure: time is an argument.
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

// Names and values not encoded, in any order.
using Pairs = std::vector<std::pair<std::string, std::string>>;

// The payload of a request without a body, and of one whose body is not signed.
inline constexpr std::string_view empty_sha256 =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
inline constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

struct SignAsk {
    std::string_view method;   // "GET".
    std::string host;          // As the Host field will say it: with the port, where there is one.
    std::string path;          // From "/", not encoded.
    Pairs query{};             // Without what signing adds.
    Pairs headers{};           // Lower-case names, without host; all of them are signed.
    std::string_view payload;  // Lower-case hex of its SHA-256, or unsigned_payload.
};

// Every field that the request must carry beside `headers`: authorization, x-amz-date and
// x-amz-content-sha256.
[[nodiscard]] Pairs signed_fields(SignAsk ask, Credentials const& credentials, Instant now);

// Path and query, encoded, that whoever has them may use until `ttl` after `now`. S3 takes whole
// seconds, at most seven days of them.
[[nodiscard]] std::string signed_target(SignAsk ask, Credentials const& credentials, Instant now,
                                        std::chrono::seconds ttl);

// Path and query of the request, encoded as they were signed.
[[nodiscard]] std::string target_of(SignAsk const& ask);

// Everything but unreserved characters percent-encoded; the "/" of a path stay.
enum class Slash : std::uint8_t { stays, is_encoded };
[[nodiscard]] std::string uri_encoded(std::string_view text, Slash slash);

}  // namespace updraft::bucket
