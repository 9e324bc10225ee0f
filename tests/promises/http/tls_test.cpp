// Connections over TLS, and certificates that are replaced while the listener runs.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "http/tls_files.h"
#include "raw_client.h"
#include "stage_listener.h"

namespace updraft::http {
namespace {

using namespace std::chrono_literals;

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* it) const {
        Free(it);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;

// A certificate and its key in a separate folder, which is removed after the test.
class Files {
public:
    Files() {
        char name[] = "/tmp/updraft-tls-XXXXXX";
        folder_ = ::mkdtemp(name);
    }
    ~Files() { std::filesystem::remove_all(folder_); }
    Files(Files const&) = delete;
    Files& operator=(Files const&) = delete;

    [[nodiscard]] std::string cert() const { return folder_ + "/cert.pem"; }
    [[nodiscard]] std::string key() const { return folder_ + "/key.pem"; }

    // Writes a new key and a certificate with that name for it.
    void renew(std::string const& name) const {
        Key const key(EVP_EC_gen("P-256"));
        Certificate const made(X509_new());
        X509_set_version(made.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
        X509_set_pubkey(made.get(), key.get());
        auto* const subject = X509_get_subject_name(made.get());
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                   reinterpret_cast<unsigned char const*>(name.c_str()), -1, -1, 0);
        X509_set_issuer_name(made.get(), subject);
        X509_sign(made.get(), key.get(), EVP_sha256());
        auto* const cert_file = std::fopen(cert().c_str(), "w");
        PEM_write_X509(cert_file, made.get());
        std::fclose(cert_file);
        auto* const key_file = std::fopen(this->key().c_str(), "w");
        ::fchmod(::fileno(key_file), 0600);
        PEM_write_PrivateKey(key_file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        std::fclose(key_file);
    }

    // Encrypts the key in its file, in the traditional form of OpenSSL or as PKCS #8.
    void encrypt_key(std::string const& pass_phrase, bool traditional) const {
        auto* const read = std::fopen(this->key().c_str(), "r");
        Key const key(PEM_read_PrivateKey(read, nullptr, nullptr, nullptr));
        std::fclose(read);
        auto const* const word = reinterpret_cast<unsigned char const*>(pass_phrase.c_str());
        auto const size = static_cast<int>(pass_phrase.size());
        std::unique_ptr<BIO, Freed<BIO_free_all>> const out(BIO_new_file(this->key().c_str(), "w"));
        auto* const write =
            traditional ? PEM_write_bio_PrivateKey_traditional : PEM_write_bio_PrivateKey;
        write(out.get(), key.get(), EVP_aes_256_cbc(), word, size, nullptr, nullptr);
    }

private:
    std::string folder_;
};

class TlsClient {
public:
    explicit TlsClient(std::uint16_t port, void (*change)(SSL_CTX*) = nullptr)
        : context_(SSL_CTX_new(TLS_client_method())) {
        if (change != nullptr) change(context_.get());
        bio_.reset(BIO_new_ssl_connect(context_.get()));
        BIO_set_conn_hostname(bio_.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
        shaken_ = BIO_do_connect(bio_.get()) == 1;
    }

    [[nodiscard]] bool shaken() const { return shaken_; }
    void send(std::string const& bytes) {
        BIO_write(bio_.get(), bytes.data(), static_cast<int>(bytes.size()));
    }
    std::string read_bytes(std::size_t bytes) {
        std::string text;
        std::array<char, 16384> piece;
        while (text.size() < bytes) {
            auto const left = std::min(piece.size(), bytes - text.size());
            auto const got = BIO_read(bio_.get(), piece.data(), static_cast<int>(left));
            if (got <= 0) break;
            text.append(piece.data(), static_cast<std::size_t>(got));
        }
        return text;
    }
    // The head of the next answer, without the empty line.
    std::string read_head() {
        std::string head;
        while (!head.ends_with("\r\n\r\n")) {
            auto const next = read_bytes(1);
            if (next.empty()) return {};
            head += next;
        }
        return head;
    }
    [[nodiscard]] std::string certified_name() const {
        SSL* ssl = nullptr;
        BIO_get_ssl(bio_.get(), &ssl);
        Certificate const shown(SSL_get1_peer_certificate(ssl));
        std::array<char, 64> name{};
        X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName, name.data(),
                                  static_cast<int>(name.size()));
        return name.data();
    }

private:
    std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> context_;
    std::unique_ptr<BIO, Freed<BIO_free_all>> bio_;
    bool shaken_ = false;
};

std::string get(std::string const& path) { return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n"; }

struct TlsListener {
    explicit TlsListener(std::function<void(ListenerSettings&)> const& change = {})
        : listener([&](ListenerSettings& settings) {
              files.renew("first");
              settings.tls_cert_file = files.cert();
              settings.tls_key_file = files.key();
              if (change) change(settings);
          }) {}

    Files files;
    StageListener listener;
};

TEST(Tls, GoesOnForASlowReaderThatNeverStops) {
    TlsListener tls([](auto& settings) { settings.transfer_stall = 1s; });
    TlsClient slow(tls.listener.port());
    slow.send(get("/file") + get("/file"));
    auto const cut = [&] { return tls.listener.files_ended() - tls.listener.files_completed(); };
    constexpr std::size_t piece = 4'096;
    std::size_t read = 0;
    for (int stalled = 1; stalled <= 2; ++stalled) {
        TlsClient idler(tls.listener.port());
        idler.send(get("/file") + get("/file"));
        while (cut() < stalled) {
            ASSERT_EQ(slow.read_bytes(piece).size(), piece);
            read += piece;
            std::this_thread::sleep_for(10ms);  // The reader's pace, about 400 KB/s.
        }
    }
    auto const both = 2 * tls.listener.file_content().size();
    ASSERT_LT(read, both / 2) << "too fast a reader for this test";
    EXPECT_EQ(slow.read_bytes(both - read).size(), both - read);
    EXPECT_EQ(cut(), 2);
}

TEST(Tls, CarriesRequestsAndAnswers) {
    TlsListener tls;
    EXPECT_EQ(tls.listener->origins().front().substr(0, 8), "https://");
    TlsClient client(tls.listener.port());
    ASSERT_TRUE(client.shaken());
    client.send(get("/hello") + get("/origin"));
    EXPECT_EQ(client.read_head().substr(0, 15), "HTTP/1.1 200 OK");
    EXPECT_EQ(client.read_bytes(5), "hello");
    client.read_head();
    EXPECT_EQ(client.read_bytes(9), "https://h");
}

TEST(Tls, TellsBrowsersToStayWithIt) {
    TlsListener tls;
    TlsClient client(tls.listener.port());
    client.send(get("/hello"));
    EXPECT_NE(client.read_head().find("\r\nStrict-Transport-Security: max-age=31536000\r\n"),
              std::string::npos);
}

struct OfferCase {
    std::string name;
    int version;          // The only one that the client offers.
    std::string ciphers;  // Of TLS 1.2.
    bool taken;
};
class TlsOffer : public testing::TestWithParam<OfferCase> {};
TEST_P(TlsOffer, IsTakenWithForwardSecrecyAndAuthenticatedEncryptionOnly) {
    TlsListener tls;
    TlsClient const client(tls.listener.port(), [](SSL_CTX* context) {
        SSL_CTX_set_min_proto_version(context, GetParam().version);
        SSL_CTX_set_max_proto_version(context, GetParam().version);
        // Level 0: the client itself would refuse to offer what is old.
        SSL_CTX_set_cipher_list(context, (GetParam().ciphers + ":@SECLEVEL=0").c_str());
    });
    EXPECT_EQ(client.shaken(), GetParam().taken);
}
INSTANTIATE_TEST_SUITE_P(
    , TlsOffer,
    testing::Values(OfferCase{"Tls13", TLS1_3_VERSION, "ALL", true},
                    OfferCase{"EcdheGcm", TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", true},
                    OfferCase{"EcdheChacha", TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305", true},
                    OfferCase{"EcdheCbc", TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", false},
                    OfferCase{"EcdheCbcSha1", TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA", false},
                    OfferCase{"NoForwardSecrecy", TLS1_2_VERSION, "AES128-SHA:AES128-GCM-SHA256",
                              false},
                    OfferCase{"Tls11", TLS1_1_VERSION, "ALL", false},
                    OfferCase{"Tls10", TLS1_VERSION, "ALL", false}),
    [](auto const& tested) { return tested.param.name; });

TEST(Tls, KeyThatOthersMayReadIsRefused) {
    Files files;
    files.renew("open");
    ::chmod(files.key().c_str(), 0644);
    TlsFiles tls;
    auto const refused = tls.load(files.cert(), files.key());
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().detail.find(files.key()), std::string::npos);
    EXPECT_NE(refused.error().detail.find("0600"), std::string::npos);
}

struct EncryptedKey {
    std::string name;
    bool traditional;
    std::string pass_phrase;
};
class TlsEncryptedKey : public testing::TestWithParam<EncryptedKey> {};
TEST_P(TlsEncryptedKey, IsRefusedAtTheStartAndOnReload) {
    Files files;
    files.renew("first");
    TlsFiles tls;
    ASSERT_TRUE(tls.load(files.cert(), files.key()));
    files.encrypt_key(GetParam().pass_phrase, GetParam().traditional);
    for (auto const& refused : {tls.reload(), TlsFiles().load(files.cert(), files.key())}) {
        ASSERT_FALSE(refused);
        EXPECT_NE(refused.error().detail.find(files.key() + " has a pass phrase"),
                  std::string::npos)
            << refused.error().detail;
    }
    EXPECT_NE(tls.context(), nullptr) << "the old key stays";
}
INSTANTIATE_TEST_SUITE_P(, TlsEncryptedKey,
                         testing::Values(EncryptedKey{"Pkcs8", false, "hush"},
                                         EncryptedKey{"Traditional", true, "hush"}),
                         [](auto const& tested) { return tested.param.name; });

TEST(Tls, FilesThatCannotBeReadAreNamed) {
    Files files;
    files.renew("first");
    auto const said = [](std::string const& cert, std::string const& key) {
        return TlsFiles().load(cert, key).error().detail;
    };
    EXPECT_EQ(said("/tmp", files.key()), "tls.cert: /tmp cannot be read: Is a directory");
    EXPECT_EQ(said(files.cert(), "/tmp"), "tls.key: /tmp cannot be read: Is a directory");
    EXPECT_EQ(said("/nowhere", files.key()),
              "tls.cert: /nowhere cannot be read: No such file or directory");
    EXPECT_EQ(said(files.cert(), files.cert() + "x"), "tls.key: " + files.cert() + "x is missing");
}

TEST(Tls, KnowsWhenItsCertificateExpires) {
    TlsListener tls;
    auto const end = tls.listener->tls_not_after();
    ASSERT_TRUE(end);
    auto const now = std::chrono::system_clock::now().time_since_epoch();
    auto const left =
        end->seconds() - std::chrono::duration_cast<std::chrono::seconds>(now).count();
    EXPECT_GT(left, 0);
    EXPECT_LE(left, 3600);
    EXPECT_FALSE(StageListener()->tls_not_after()) << "without TLS";
}

TEST(Tls, CarriesLargeBodiesAndFiles) {
    TlsListener tls;
    TlsClient client(tls.listener.port());
    client.send(get("/large"));
    client.read_head();
    EXPECT_EQ(client.read_bytes(1'000'000), std::string(1'000'000, 'x'));
    client.send(get("/file"));
    client.read_head();
    EXPECT_EQ(client.read_bytes(3'000'000), tls.listener.file_content());
    client.send(get("/pieces"));
    client.read_head();
    EXPECT_EQ(client.read_bytes(32), "--one\r\nabcdefghij--two\r\nbcd--end");
    EXPECT_EQ(tls.listener.file_bytes_counted(), 3'000'013U);
}

TEST(Tls, RefusesPlainRequests) {
    TlsListener tls;
    RawClient plain(tls.listener.port());
    plain.send(get("/hello"));
    plain.read_bytes(100'000);
    EXPECT_EQ(tls.listener.calls(), 0);
}

TEST(Tls, ClosesConnectionsWithoutAHandshake) {
    TlsListener tls([](auto& settings) { settings.header_timeout = 50ms; });
    RawClient silent(tls.listener.port());
    EXPECT_TRUE(silent.closed());
}

TEST(Tls, GivesNewConnectionsTheNewCertificate) {
    TlsListener tls;
    TlsClient before(tls.listener.port());
    EXPECT_EQ(before.certified_name(), "first");
    tls.files.renew("second");
    ASSERT_TRUE(tls.listener->reload_tls());
    TlsClient after(tls.listener.port());
    EXPECT_EQ(after.certified_name(), "second");
    before.send(get("/hello"));
    EXPECT_EQ(before.read_head().substr(0, 15), "HTTP/1.1 200 OK");
}

TEST(Tls, KeepsTheOldCertificateWhenTheNewOneIsWrong) {
    TlsListener tls;
    Files other;
    other.renew("other");
    std::filesystem::copy_file(other.cert(), tls.files.cert(),
                               std::filesystem::copy_options::overwrite_existing);
    auto const reloaded = tls.listener->reload_tls();
    ASSERT_FALSE(reloaded);
    EXPECT_NE(reloaded.error().detail.find(tls.files.key()), std::string::npos);
    TlsClient client(tls.listener.port());
    EXPECT_EQ(client.certified_name(), "first");
}

TEST(TlsFiles, NameWhatIsMissing) {
    TlsFiles files;
    EXPECT_NE(files.load("/nowhere/cert.pem", "/nowhere/key.pem").error().detail.find("tls.cert"),
              std::string::npos);
    EXPECT_FALSE(files.load("/nowhere/cert.pem", ""));
    EXPECT_TRUE(TlsFiles().load("", ""));
}

}  // namespace
}  // namespace updraft::http
