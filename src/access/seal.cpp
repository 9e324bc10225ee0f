#include "access/seal.h"

#include <sodium.h>

#include "text/base64.h"

namespace updraft::access {
namespace {

static_assert(Seal::key_bytes == crypto_secretbox_KEYBYTES);

constexpr std::size_t nonce_bytes = crypto_secretbox_NONCEBYTES;
constexpr std::size_t mac_bytes = crypto_secretbox_MACBYTES;

unsigned char* bytes_of(std::string& text) {
    return static_cast<unsigned char*>(static_cast<void*>(text.data()));
}
unsigned char const* bytes_of(std::string_view text) {
    return static_cast<unsigned char const*>(static_cast<void const*>(text.data()));
}

}  // namespace

Result<Seal> Seal::with_key(Secret const& key) {
    if (sodium_init() < 0) return fail(Errc::internal, "libsodium cannot be initialised");
    if (key.reveal().size() != key_bytes) {
        return fail(Errc::invalid,
                    "the secrets key must have " + std::to_string(key_bytes) + " bytes");
    }
    Seal seal;
    std::copy(key.reveal().begin(), key.reveal().end(), seal.key_.begin());
    return seal;
}

Seal::~Seal() { sodium_memzero(key_.data(), key_.size()); }

// Stored as base64 of nonce, MAC and ciphertext.
Sealed Seal::close(std::string_view text, IdSource& id_source) const {
    std::array<std::uint8_t, nonce_bytes> nonce{};
    id_source.fill(nonce);
    std::string raw(nonce.begin(), nonce.end());
    raw.resize(nonce_bytes + mac_bytes + text.size());
    crypto_secretbox_easy(bytes_of(raw) + nonce_bytes, bytes_of(text), text.size(), nonce.data(),
                          key_.data());
    return {text::base64(raw)};
}

Result<Secret> Seal::open(Sealed const& sealed) const {
    auto const raw = text::read_base64(sealed.base64);
    if (!raw || raw->size() < nonce_bytes + mac_bytes) {
        return fail(Errc::corrupt, "a stored secret is not in the form that seals have");
    }
    std::string text(raw->size() - nonce_bytes - mac_bytes, '\0');
    std::string_view const bytes = *raw;
    if (crypto_secretbox_open_easy(bytes_of(text), bytes_of(bytes.substr(nonce_bytes)),
                                   bytes.size() - nonce_bytes, bytes_of(bytes), key_.data()) != 0) {
        return fail(Errc::corrupt, "a stored secret was sealed with another key, or was changed");
    }
    return Secret(std::move(text));
}

}  // namespace updraft::access
