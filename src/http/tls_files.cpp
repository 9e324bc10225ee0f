#include "http/tls_files.h"

#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <utility>

#include "vocabulary/secret_file.h"

namespace updraft::http {
namespace {

namespace ssl = boost::asio::ssl;

constexpr std::size_t key_bytes_max = std::size_t{64} << 10;

// TLS 1.2 with forward secrecy and authenticated encryption only. All suites of TLS 1.3 are such.
constexpr auto const* ciphers_of_tls_1_2 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

Result<Secret> read_key(std::string const& file) {
    auto key = read_secret_file(file, key_bytes_max);
    if (!key) return fail(Errc::invalid, "tls.key: " + key.error().detail);
    if (!*key) return fail(Errc::invalid, "tls.key: " + file + " is missing");
    return **std::move(key);
}

Result<std::shared_ptr<ssl::context>> read_files(std::string const& cert_file,
                                                 std::string const& key_file) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    auto* const native = context->native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_cipher_list(native, ciphers_of_tls_1_2);
    // A key with a pass phrase is refused: OpenSSL would ask for it on the terminal.
    context->set_password_callback(
        [](std::size_t, ssl::context::password_purpose) { return std::string(); });

    boost::system::error_code trouble;
    context->use_certificate_chain_file(cert_file, trouble);
    if (trouble) {
        return fail(Errc::invalid, "tls.cert: cannot read a certificate from " + cert_file + ": " +
                                       trouble.message());
    }
    TRY_ASSIGN(auto const key, read_key(key_file));
    // This also fails when the key belongs to another certificate.
    context->use_private_key(boost::asio::buffer(key.reveal()), ssl::context::pem, trouble);
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
