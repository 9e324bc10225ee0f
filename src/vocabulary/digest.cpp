#include "vocabulary/digest.h"

#include <openssl/evp.h>

#include <new>

#include "text/hex.h"

namespace updraft {
namespace {

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Context begin(EVP_MD const* kind) {
    Context context(EVP_MD_CTX_new());
    if (!context || EVP_DigestInit_ex(context.get(), kind, nullptr) != 1) throw std::bad_alloc();
    return context;
}

std::string end(Context& context) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned length = 0;
    EVP_DigestFinal_ex(context.get(), raw.data(), &length);
    std::string bytes(raw.begin(), raw.begin() + length);
    return text::hex(bytes);
}

}  // namespace

// The algorithm is fetched once: SHA256() looks it up by name in each call, which takes longer than
// the digest of a short text.
Sha256 sha256(std::string_view bytes) {
    static EVP_MD const* const kind = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    thread_local Context const context(EVP_MD_CTX_new());
    Sha256 digest{};
    if (!context || EVP_DigestInit_ex2(context.get(), kind, nullptr) != 1 ||
        EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1 ||
        EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) {
        throw std::bad_alloc();
    }
    return digest;
}

std::string sha256_hex(std::string_view bytes) {
    auto const digest = sha256(bytes);
    return text::hex(
        {static_cast<char const*>(static_cast<void const*>(digest.data())), digest.size()});
}

struct DigestStream::State {
    Context sha256 = begin(EVP_sha256());
    Context sha1 = begin(EVP_sha1());
    Context md5 = begin(EVP_md5());
};

DigestStream::DigestStream() : state_(std::make_unique<State>()) {}
DigestStream::~DigestStream() = default;
DigestStream::DigestStream(DigestStream&&) noexcept = default;
DigestStream& DigestStream::operator=(DigestStream&&) noexcept = default;

void DigestStream::append(std::string_view bytes) {
    for (auto* context : {state_->sha256.get(), state_->sha1.get(), state_->md5.get()}) {
        EVP_DigestUpdate(context, bytes.data(), bytes.size());
    }
}

Digests DigestStream::finish() {
    return {.sha256 = end(state_->sha256), .sha1 = end(state_->sha1), .md5 = end(state_->md5)};
}

}  // namespace updraft
