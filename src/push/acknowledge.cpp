#include "push/acknowledge.h"

#include "json/reader.h"
#include "push/delivery.h"

namespace updraft::push {
namespace {

// How many bytes the UTF-8 character at the front of `text` has; 0 when it is none.
std::size_t character_bytes(std::string_view text) {
    auto const lead = static_cast<unsigned char>(text.front());
    std::size_t const bytes = lead < 0x80                    ? 1
                              : lead >= 0xC2 && lead <= 0xDF ? 2
                              : lead >= 0xE0 && lead <= 0xEF ? 3
                              : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                             : 0;
    if (bytes == 0 || bytes > text.size()) return 0;
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80) return 0;
    }
    if (bytes < 3) return bytes;
    // Overlong forms, surrogates, and values above U+10FFFF are no characters.
    auto const second = static_cast<unsigned char>(text[1]);
    bool const bad = (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
                     (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F);
    return bad ? 0 : bytes;
}

bool is_success(int status) { return status >= 200 && status <= 299; }

// True when `code` is the number 0 in any notation, or the text "0".
bool is_zero(json::Value const& code) {
    if (auto const* text = code.string()) return *text == "0";
    auto const* number = code.number();
    if (number == nullptr) return false;
    auto const mantissa =
        std::string_view(number->digits).substr(0, number->digits.find_first_of("eE"));
    return mantissa.find_first_of("123456789") == std::string_view::npos;
}

}  // namespace

bool acknowledged(Receipt const& receipt) {
    if (!is_success(receipt.status) || receipt.body_cut || !receipt.trouble.empty()) return false;
    if (receipt.body.empty()) return true;
    auto const object = json::read_object(receipt.body);
    if (!object) return false;
    auto const code = object->find("code");
    return code && (*code == nullptr || is_zero(**code));
}

std::string verification_fault(Receipt const& receipt, std::string_view echo) {
    if (!receipt.trouble.empty()) return receipt.trouble;
    if (!is_success(receipt.status)) return "HTTP status " + std::to_string(receipt.status);
    if (receipt.body_cut) return "the answer is longer than 64 KiB";
    auto const object = json::read_object(receipt.body);
    if (!object) return "the answer is not a JSON object";
    auto const code = object->find("code");
    if (!code || *code == nullptr || !is_zero(**code)) return "the answer's code is not 0";
    auto const result = object->find("result");
    auto const* text = result && *result != nullptr ? (*result)->string() : nullptr;
    if (text == nullptr || *text != echo) return "the answer's result is not the echostr";
    return {};
}

std::string answer_excerpt(Receipt const& receipt) {
    if (!receipt.trouble.empty()) return receipt.trouble.substr(0, answer_bytes_max);
    // Bytes that are not UTF-8, and control characters, become '?': databases refuse the first, and
    // the second could control a terminal.
    std::string excerpt;
    auto rest = std::string_view(receipt.body).substr(0, answer_bytes_max);
    while (!rest.empty()) {
        auto const bytes = character_bytes(rest);
        bool const control = bytes == 1 && rest.front() < ' ' && rest.front() != '\n';
        if (bytes == 0 || control) {
            excerpt += '?';
            rest.remove_prefix(1);
        } else {
            excerpt += rest.substr(0, bytes);
            rest.remove_prefix(bytes);
        }
    }
    return excerpt;
}

}  // namespace updraft::push
