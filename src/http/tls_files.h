// Certificate and key from files, which may be replaced while the server runs.
//
// Lives here: which versions and ciphers of TLS are spoken; loading both files, checking that they
//             belong together, and giving them to connections.
//
// Not here:   the encrypted bytes (http/wire.h).
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft::http {

// SHA-256 (Base64) of the public key in the first certificate of that file. Errc::invalid names a
// file that cannot be read.
[[nodiscard]] Result<std::string> public_key_digest(std::string const& cert_file);

class TlsFiles {
public:
    // Call once, before other threads use the object. Both names empty: TLS is off. Errc::invalid
    // names the file that is missing or wrong; a key with a pass phrase is wrong, and nobody is
    // asked for it.
    [[nodiscard]] Result<void> load(std::string cert_file, std::string key_file);
    // Reads the same files again; on an error the old ones stay in use. From any thread.
    [[nodiscard]] Result<void> reload();

    [[nodiscard]] bool enabled() const { return !cert_file_.empty(); }
    // For new connections; null when TLS is off. From any thread.
    [[nodiscard]] std::shared_ptr<boost::asio::ssl::context> context() const;
    // When the first certificate of the chain in use expires; nothing when TLS is off. From any
    // thread.
    [[nodiscard]] std::optional<Instant> not_after() const;

private:
    std::string cert_file_;
    std::string key_file_;
    mutable std::mutex mutex_;
    std::shared_ptr<boost::asio::ssl::context> context_;
};

}  // namespace updraft::http
