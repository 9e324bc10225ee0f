#include "http/tls_files.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <boost/asio/buffer.hpp>
#include <ctime>
#include <utility>

#include "text/base64.h"
#include "vocabulary/digest.h"
#include "vocabulary/named_file.h"
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

template <auto Free>
struct FreeBy {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Bio = std::unique_ptr<BIO, FreeBy<BIO_free_all>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreeBy<X509_free>>;

Bio bytes_of(std::string const& text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// OpenSSL calls this when a key is encrypted; by its own function it would ask on the terminal.
int refuse_pass_phrase(char*, int, int, void* asked) {
    if (asked != nullptr) *static_cast<bool*>(asked) = true;
    return -1;
}

Result<std::string> read_certificates(std::string const& file) {
    auto content = read_named_file(file);
    if (!content) return fail(Errc::invalid, "tls.cert: " + content.error().detail);
    return content;
}

Result<PrivateKey> read_key(std::string const& file) {
    auto const text = read_secret_file(file, key_bytes_max);
    if (!text) return fail(Errc::invalid, "tls.key: " + text.error().detail);
    if (!*text) return fail(Errc::invalid, "tls.key: " + file + " is missing");
    auto asked = false;
    PrivateKey key(PEM_read_bio_PrivateKey(bytes_of((*text)->reveal()).get(), nullptr,
                                           refuse_pass_phrase, &asked));
    if (key) return key;
    return fail(Errc::invalid,
                "tls.key: " + file +
                    (asked ? " has a pass phrase, which nobody can enter here: store the key "
                             "without one (openssl pkey -in FILE -out FILE2)"
                           : " holds no private key (PEM)"));
}

// Nothing for a time that OpenSSL cannot read.
std::optional<Instant> end_of(X509 const* certificate) {
    std::tm time{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) != 1) return std::nullopt;
    return Instant{std::int64_t{::timegm(&time)} * 1000};
}

Result<std::shared_ptr<ssl::context>> read_files(std::string const& cert_file,
                                                 std::string const& key_file) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    auto* const native = context->native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_cipher_list(native, ciphers_of_tls_1_2);
    SSL_CTX_set_default_passwd_cb(native, refuse_pass_phrase);

    TRY_ASSIGN(auto const certificates, read_certificates(cert_file));
    boost::system::error_code trouble;
    context->use_certificate_chain(boost::asio::buffer(certificates), trouble);
    if (trouble) {
        return fail(Errc::invalid, "tls.cert: cannot read a certificate from " + cert_file + ": " +
                                       trouble.message());
    }
    TRY_ASSIGN(auto const key, read_key(key_file));
    // Both fail when the key belongs to another certificate.
    if (SSL_CTX_use_PrivateKey(native, key.get()) != 1 || SSL_CTX_check_private_key(native) != 1) {
        return fail(Errc::invalid, "tls.key: " + key_file + " is not the key of " + cert_file);
    }
    return context;
}

}  // namespace

Result<std::string> public_key_digest(std::string const& cert_file) {
    TRY_ASSIGN(auto const text, read_certificates(cert_file));
    Certificate const certificate(
        PEM_read_bio_X509(bytes_of(text).get(), nullptr, refuse_pass_phrase, nullptr));
    unsigned char* encoded = nullptr;
    auto const size =
        certificate ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &encoded) : -1;
    if (size <= 0)
        return fail(Errc::invalid, "tls.cert: " + cert_file + " holds no certificate (PEM)");
    std::string const bytes(encoded, encoded + size);
    OPENSSL_free(encoded);
    auto const digest = sha256(bytes);
    return text::base64(std::string(digest.begin(), digest.end()));
}

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

std::optional<Instant> TlsFiles::not_after() const {
    auto const used = context();
    auto const* const certificate =
        used ? SSL_CTX_get0_certificate(used->native_handle()) : nullptr;
    if (certificate == nullptr) return std::nullopt;
    return end_of(certificate);
}

std::shared_ptr<boost::asio::ssl::context> TlsFiles::context() const {
    if (!enabled()) return nullptr;
    std::lock_guard const lock(mutex_);
    return context_;
}

}  // namespace updraft::http
