#include "firmware/image.h"

#include <algorithm>

#include "json/writer.h"

namespace updraft::firmware {
namespace {

// What may stand in a row and on a terminal. Bytes that are no UTF-8 are the writer's to replace.
std::string tamed(std::string_view text) {
    auto const is_blank = [](char c) { return static_cast<unsigned char>(c) <= 32 || c == 127; };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    if (text.size() > fact_bytes_max) {
        auto end = fact_bytes_max;  // Not within a character of several bytes.
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
        text = text.substr(0, end);
    }
    std::string out(text);
    std::ranges::replace_if(out, is_blank, ' ');
    return out;
}

}  // namespace

void Image::tell_version(std::string_view text) {
    auto told = tamed(text);
    if (!told.empty()) version = std::move(told);
}

void Image::tell(std::string_view name, std::string_view text) {
    auto const told = tamed(text);
    if (told.empty()) return;
    auto& fact = facts.emplace_back(Fact{name, {}});
    json::append_string(fact.json, told);
}

void Image::tell(std::string_view name, std::int64_t number) {
    facts.emplace_back(Fact{name, std::to_string(number)});
}

void Image::tell(std::string_view name, std::vector<std::string> const& texts) {
    std::string list;
    json::Writer writer(list);
    writer.array();
    std::size_t count = 0;
    for (auto const& text : texts) {
        auto const told = tamed(text);
        if (told.empty() || count == fact_texts_max) continue;
        writer.value(told);
        ++count;
    }
    writer.end();
    if (count > 0) facts.emplace_back(Fact{name, std::move(list)});
}

}  // namespace updraft::firmware
