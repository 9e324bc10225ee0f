// Certificate and key, from files that may be replaced while the server runs.
//
// Lives here: loading both, checking that they belong together, and handing them to connections.
// Not here:   the encrypted bytes (http/wire). Safe to call from any thread.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <mutex>
#include <string>

#include "vocabulary/result.h"

namespace updraft::http {

class TlsFiles {
public:
    // Both empty: TLS is off. Errc::invalid names the file that is missing or wrong.
    [[nodiscard]] Result<void> load(std::string cert_file, std::string key_file);
    // The same files again; what was loaded stays when it fails.
    [[nodiscard]] Result<void> reload();

    [[nodiscard]] bool enabled() const { return !cert_file_.empty(); }
    // What new connections use; null when TLS is off.
    [[nodiscard]] std::shared_ptr<boost::asio::ssl::context> context() const;

private:
    std::string cert_file_;
    std::string key_file_;
    mutable std::mutex mutex_;
    std::shared_ptr<boost::asio::ssl::context> context_;
};

}  // namespace updraft::http
