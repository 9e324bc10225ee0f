// The HttpClient port on libcurl: POST over HTTP and HTTPS, to public and explicitly allowed
// addresses only.
//
// Lives here: the one thread that runs libcurl, pooled connections, verified TLS, deadlines and
//             limits.
//
// Not here:   which addresses are public (webpost/public_address.h), resolving names
//             (webpost/resolver.h), what is posted (push/).
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
    std::vector<Network> allow_networks;  // Allowed in addition to public addresses.
    bool allow_http = false;              // When false, a post to an http:// URL fails.
    std::string user_agent = "Updraft";
    std::string ca_file;  // Trusted root certificates (PEM); empty: those of the system.
    std::size_t pooled_connections_max = 1024;
};

inline constexpr std::size_t answer_body_bytes_max = 64 * 1024;
inline constexpr std::size_t answer_header_bytes_max = 32 * 1024;

// Errc::invalid, with a sentence, when a `file` is given and contains no certificate (PEM).
// Checked at the start, because otherwise every post would fail on its own.
[[nodiscard]] Result<void> check_roots(std::string const& file);

// Safe to use from any thread. Follows no redirects, uses no proxy (the environment is ignored) and
// asks for no compression. A parcel's timeout covers name resolution, connecting and the answer.
class CurlHttpClient final : public HttpClient {
public:
    explicit CurlHttpClient(HttpClientSettings settings);
    // Aborts running posts; their `done` is called, with the reason in Receipt::trouble.
    ~CurlHttpClient() override;

    void post(Parcel parcel, std::function<void(Receipt)> done) override;

private:
    class Engine;
    std::unique_ptr<Engine> engine_;
};

}  // namespace updraft::webpost
