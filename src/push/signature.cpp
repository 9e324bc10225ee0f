#include "push/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <optional>

#include "text/base64.h"

namespace updraft::push {
namespace {

unsigned char const* raw(std::string_view text) {
    return static_cast<unsigned char const*>(static_cast<void const*>(text.data()));
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
        auto const key =
            text.starts_with(prefix) ? text::read_base64(text.substr(prefix.size())) : std::nullopt;
        if (!key || key->empty()) return fail(Errc::corrupt, "a push secret is malformed");
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned length = 0;
        HMAC(EVP_sha256(), raw(*key), static_cast<int>(key->size()), raw(content), content.size(),
             digest.data(), &length);
        if (!signatures.empty()) signatures += ' ';
        signatures += "v1,";
        signatures += text::base64(
            {static_cast<char const*>(static_cast<void const*>(digest.data())), length});
    }
    return signatures;
}

}  // namespace updraft::push
