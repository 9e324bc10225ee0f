#include "ports/id_source.h"

#include <array>
#include <limits>
#include <vector>

#include "text/base64.h"
#include "text/hex.h"
#include "text/ulid.h"

namespace updraft {
namespace {

// That many random bytes as URL-safe base64.
template <std::size_t bytes>
std::string random_text(IdSource& id_source) {
    std::array<std::uint8_t, bytes> raw{};
    id_source.fill(raw);
    return text::base64({static_cast<char const*>(static_cast<void const*>(raw.data())), bytes},
                        text::Base64::url_safe);
}

}  // namespace

std::string IdSource::hex(std::size_t bytes) {
    std::vector<std::uint8_t> raw(bytes);
    fill(raw);
    return text::hex({static_cast<char const*>(static_cast<void const*>(raw.data())), bytes});
}

std::string IdSource::alphanumeric(std::size_t characters) {
    static constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string text(characters, ' ');
    for (char& character : text) character = alphabet[below(alphabet.size())];
    return text;
}

std::string IdSource::token() { return random_text<32>(*this); }

std::string IdSource::device_token() { return random_text<24>(*this); }

std::string IdSource::ulid(Instant now) {
    std::array<std::uint8_t, 16> random{};
    fill(random);
    return text::ulid(static_cast<std::uint64_t>(now.ms), random);
}

std::uint64_t IdSource::below(std::uint64_t bound) {
    // Numbers from the incomplete last round would favour small results: draw again.
    auto const rounds_end = std::numeric_limits<std::uint64_t>::max() / bound * bound;
    for (;;) {
        std::array<std::uint8_t, 8> raw{};
        fill(raw);
        std::uint64_t value = 0;
        for (auto const byte : raw) value = value << 8 | byte;
        if (value < rounds_end) return value % bound;
    }
}

}  // namespace updraft
