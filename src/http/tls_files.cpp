#include "http/tls_files.h"

#include <openssl/ssl.h>

#include <utility>

namespace updraft::http {
namespace {

namespace ssl = boost::asio::ssl;

Result<std::shared_ptr<ssl::context>> read_files(std::string const& cert_file,
                                                 std::string const& key_file) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    auto* const native = context->native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);

    boost::system::error_code trouble;
    context->use_certificate_chain_file(cert_file, trouble);
    if (trouble) {
        return fail(Errc::invalid, "tls.cert: cannot read a certificate from " + cert_file + ": " +
                                       trouble.message());
    }
    // This also fails when the key belongs to another certificate.
    context->use_private_key_file(key_file, ssl::context::pem, trouble);
    if (trouble) {
        return fail(Errc::invalid, "tls.key: cannot read the certificate's key from " + key_file +
                                       ": " + trouble.message());
    }
    if (SSL_CTX_check_private_key(native) != 1) {
        return fail(Errc::invalid, "tls.key: " + key_file + " is not the key of " + cert_file);
    }
    return context;
}

}  // namespace

Result<void> TlsFiles::load(std::string cert_file, std::string key_file) {
    if (cert_file.empty() != key_file.empty()) {
        return fail(Errc::invalid, "tls.cert and tls.key are given both or neither");
    }
    cert_file_ = std::move(cert_file);
    key_file_ = std::move(key_file);
    return reload();
}

Result<void> TlsFiles::reload() {
    if (!enabled()) return {};
    TRY_ASSIGN(auto fresh, read_files(cert_file_, key_file_));
    std::lock_guard const lock(mutex_);
    context_ = std::move(fresh);
    return {};
}

std::shared_ptr<boost::asio::ssl::context> TlsFiles::context() const {
    if (!enabled()) return nullptr;
    std::lock_guard const lock(mutex_);
    return context_;
}

}  // namespace updraft::http
