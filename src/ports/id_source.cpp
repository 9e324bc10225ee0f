#include "ports/id_source.h"

#include <array>
#include <limits>
#include <vector>

#include "vocabulary/digest.h"

namespace updraft {

std::string IdSource::hex(std::size_t bytes) {
    std::vector<std::uint8_t> raw(bytes);
    fill(raw);
    return updraft::hex({static_cast<char const*>(static_cast<void const*>(raw.data())), bytes});
}

std::string IdSource::alphanumeric(std::size_t characters) {
    static constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string text(characters, ' ');
    for (char& character : text) character = alphabet[below(alphabet.size())];
    return text;
}

std::string IdSource::token() {
    static constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::array<std::uint8_t, 33> raw{};
    fill(std::span(raw).first(32));
    std::string text;
    text.reserve(44);
    for (std::size_t i = 0; i < raw.size(); i += 3) {
        auto const triple = static_cast<std::uint32_t>(raw[i] << 16 | raw[i + 1] << 8 | raw[i + 2]);
        for (int shift = 18; shift >= 0; shift -= 6) text += alphabet[triple >> shift & 63];
    }
    text.pop_back();  // The 33rd byte was only there to make whole triples.
    return text;
}

std::string IdSource::ulid(Instant now) {
    static constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    std::string text(26, '0');
    auto time = static_cast<std::uint64_t>(now.ms);
    for (int i = 9; i >= 0; --i, time >>= 5)
        text[static_cast<std::size_t>(i)] = alphabet[time & 31];
    std::array<std::uint8_t, 16> chance{};
    fill(chance);
    for (std::size_t i = 0; i < 16; ++i) text[10 + i] = alphabet[chance[i] & 31];
    return text;
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
