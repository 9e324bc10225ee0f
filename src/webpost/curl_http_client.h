// Posts over HTTP and HTTPS, to public addresses only.
//
// Lives here: libcurl on one thread: pooled connections, verified TLS, deadlines and limits.
// Not here:   which addresses are public (webpost/public_address.h), what is posted (push/).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "ports/http_client.h"
#include "vocabulary/result.h"
#include "webpost/public_address.h"

namespace updraft::webpost {

struct HttpClientSettings {
    std::vector<Network> allow_networks;  // Beside the public ones.
    bool allow_http = false;              // Else only https is spoken, whatever the URL says.
    std::string user_agent = "Updraft";
    std::string ca_file;  // Trusted roots; empty: the system's.
    std::size_t pooled_connections_max = 1024;
};

inline constexpr std::size_t answer_body_bytes_max = 64 * 1024;
inline constexpr std::size_t answer_header_bytes_max = 32 * 1024;

// Errc::invalid, with a sentence, when `file` is given and holds no certificate that can be read: a
// server that trusts nobody would find out one push at a time.
[[nodiscard]] Result<void> check_roots(std::string const& file);

// Follows no redirect and knows no proxy, whatever the environment says; asks for no compression.
// The deadline of a parcel is over everything: resolving, connecting and the answer.
class CurlHttpClient final : public HttpClient {
public:
    explicit CurlHttpClient(HttpClientSettings settings);
    // Breaks off what is under way; each `done` hears of it.
    ~CurlHttpClient() override;

    void post(Parcel parcel, std::function<void(Receipt)> done) override;

private:
    class Engine;
    std::unique_ptr<Engine> engine_;
};

}  // namespace updraft::webpost
