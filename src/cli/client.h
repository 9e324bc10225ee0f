// One call of the admin API.
//
// Lives here: sending a request and taking its answer with libcurl; files are sent as they are
//             read.
//
// Not here:   where a token may be sent (cli/endpoint.h), which calls there are (cli/commands.h),
//             how answers are shown (cli/show.h).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/endpoint.h"
#include "vocabulary/result.h"

namespace updraft::cli {

// How much of a file was sent.
struct Sent {
    std::int64_t bytes = 0;
    std::int64_t total = -1;  // -1: not known (a pipe).
    std::int64_t bytes_per_second = 0;
};

struct Call {
    std::string method;
    std::string path;  // Encoded, with its query.
    std::string body{};
    std::string content_type = "application/json";
    std::string file{};  // Sent as the body instead; "-" is the standard input.
    std::vector<std::string> headers{};
    // Called while the file is sent, at most four times a second. May be empty.
    std::function<void(Sent const&)> on_sent{};
};

struct Answer {
    int status = 0;
    std::string body;

    [[nodiscard]] bool good() const { return status >= 200 && status < 300; }
};

// Errc::unavailable when no answer came, Errc::invalid when the file, or the endpoint's ca_file,
// cannot be read. An answer with
// any status is no error. The server is told "updraft/VERSION" as the User-Agent. Redirects are not
// followed, and no proxy is used for this machine. Errors of may_take_token(): then nothing was
// sent.
[[nodiscard]] Result<Answer> carry_out(Endpoint const& endpoint, Call const& call);

// "sha-256=:…:" of a file, for Content-Digest (RFC 9530). Errc::invalid when it cannot be read.
[[nodiscard]] Result<std::string> content_digest_of(std::string const& file);

}  // namespace updraft::cli
