#include "firmware/image.h"

#include <algorithm>

#include "json/writer.h"
#include "text/clean_text.h"

namespace updraft::firmware {
namespace {

// Makes the text safe for a row and a terminal: cut, trimmed, unsafe characters replaced by blanks.
std::string tamed(std::string_view text) {
    auto const is_blank = [](char c) { return c == ' ' || text::is_control(c); };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text::clean_text(text, {.bytes_max = fact_bytes_max, .instead = ' '});
}

}  // namespace

void Image::tell_version(std::string_view text) {
    auto told = tamed(text);
    if (!told.empty()) version = std::move(told);
}

void Image::tell_damage(std::string_view text) {
    if (!damage) damage = tamed(text);
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
