#include "push/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <optional>

namespace updraft::push {
namespace {

using Bytes = std::vector<unsigned char>;

unsigned char const* raw(std::string_view text) {
    return static_cast<unsigned char const*>(static_cast<void const*>(text.data()));
}

std::optional<Bytes> read_base64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0) return std::nullopt;
    Bytes bytes(text.size() / 4 * 3);
    auto const length = EVP_DecodeBlock(bytes.data(), raw(text), static_cast<int>(text.size()));
    if (length < 0) return std::nullopt;
    // EVP counts the padding's zeros as bytes.
    std::size_t const padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    bytes.resize(static_cast<std::size_t>(length) - padding);
    return bytes;
}

std::string base64(unsigned char const* bytes, std::size_t size) {
    std::string text((size + 2) / 3 * 4 + 1, '\0');
    auto* out = static_cast<unsigned char*>(static_cast<void*>(text.data()));
    auto const length = EVP_EncodeBlock(out, bytes, static_cast<int>(size));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

}  // namespace

Result<std::string> sign(std::vector<Secret> const& secrets, WebhookId const& id, Instant at,
                         std::string_view body) {
    static constexpr std::string_view prefix = "whsec_";
    std::string content = id.value + "." + std::to_string(at.seconds()) + ".";
    content += body;

    std::string signatures;
    for (auto const& secret : secrets) {
        std::string_view const text = secret.reveal();
        auto const key = text.starts_with(prefix) ? read_base64(text.substr(prefix.size()))
                                                  : std::optional<Bytes>{};
        if (!key || key->empty()) return fail(Errc::corrupt, "a push secret is malformed");
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned length = 0;
        HMAC(EVP_sha256(), key->data(), static_cast<int>(key->size()), raw(content), content.size(),
             digest.data(), &length);
        if (!signatures.empty()) signatures += ' ';
        signatures += "v1," + base64(digest.data(), length);
    }
    return signatures;
}

}  // namespace updraft::push
