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
#include <optional>
#include <string>
#include <vector>

#include "ports/http_client.h"
#include "vocabulary/result.h"
#include "webpost/proxy.h"
#include "webpost/public_address.h"

namespace updraft::webpost {

struct HttpClientSettings {
    std::vector<Network> allow_networks;  // Allowed in addition to public addresses.
    bool allow_http = false;              // When false, a post to an http:// URL fails.
    std::string user_agent = "Updraft";
    std::string ca_file;  // Trusted root certificates (PEM); empty: those of the system.
    // With a proxy every post goes through it: `https` in a tunnel. Then the proxy resolves the
    // names and decides which addresses are reached; `allow_networks` has no effect.
    std::optional<Proxy> proxy;
    std::size_t pooled_connections_max = 1024;
};

inline constexpr std::size_t answer_body_bytes_max = 64 * 1024;
inline constexpr std::size_t answer_header_bytes_max = 32 * 1024;

// Errc::invalid, with a sentence, when a `file` is given and cannot be read or contains no
// certificate (PEM).
// Checked at the start, because otherwise every post would fail on its own.
[[nodiscard]] Result<void> check_roots(std::string const& file);

// Safe to use from any thread. Follows no redirects, uses no proxy but that of the settings (the
// environment is ignored), sends the path of a URL as it is (".." too) and asks for no compression.
// A parcel's timeout covers name resolution, connecting and the answer.
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
