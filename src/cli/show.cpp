#include "cli/show.h"

#include <algorithm>
#include <vector>

#include "text/clean_text.h"

namespace updraft::cli {
namespace {

constexpr std::size_t problem_bytes_max = 500;

// Counts characters, not bytes: continuation bytes of UTF-8 are left out.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char letter) { return (static_cast<unsigned char>(letter) & 0xC0U) != 0x80U; }));
}

std::string written(json::Value const& value) {
    if (auto const* said = value.string()) return text::one_line(*said);
    if (auto const* number = value.number()) return number->digits;
    if (auto const* truth = value.boolean()) return *truth ? "true" : "false";
    if (value.is_null()) return "-";
    std::string out;
    if (auto const* list = value.array()) {
        for (auto const& element : *list) out += (out.empty() ? "" : ", ") + written(element);
    } else if (auto const* object = value.object()) {
        for (auto const& [name, content] : object->members) {
            out += (out.empty() ? "" : ", ") + text::one_line(name) + "=" + written(content);
        }
    }
    return out.empty() ? "-" : out;
}

std::string cell(json::Value const& item, std::string_view column) {
    auto const* const object = item.object();
    if (object == nullptr) return column.empty() ? written(item) : "-";
    auto const value = object->find(column);
    return value && *value != nullptr ? written(**value) : "-";
}

bool is_list_of_objects(json::Value const& value) {
    auto const* const list = value.array();
    return list != nullptr && !list->empty() && list->front().object() != nullptr;
}

std::string indented(std::string const& text) {
    std::string out;
    auto at_start = true;
    for (auto const letter : text) {
        if (at_start) out += "  ";
        out += letter;
        at_start = letter == '\n';
    }
    return out;
}

}  // namespace

std::string as_columns(json::Array const& items, std::span<std::string_view const> columns) {
    std::vector<std::vector<std::string>> lines(1);
    for (auto const column : columns) lines[0].push_back(text::one_line(column));
    for (auto const& item : items) {
        auto& line = lines.emplace_back();
        for (auto const column : columns) line.push_back(cell(item, column));
    }
    std::vector<std::size_t> widths(columns.size(), 0);
    for (auto const& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            widths[i] = std::max(widths[i], width_of(line[i]));
        }
    }
    std::string out;
    for (auto const& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            out += line[i];
            if (i + 1 == line.size()) continue;
            out.append(widths[i] + 2 - width_of(line[i]), ' ');
        }
        out += '\n';
    }
    return out;
}

std::string as_fields(json::Object const& object) {
    std::size_t width = 0;
    for (auto const& [name, value] : object.members) {
        if (!is_list_of_objects(value)) width = std::max(width, width_of(text::one_line(name)));
    }
    std::string out;
    std::string lists;
    for (auto const& [name, value] : object.members) {
        if (is_list_of_objects(value)) {
            std::vector<std::string_view> columns;
            for (auto const& member : value.array()->front().object()->members) {
                columns.emplace_back(member.first);
            }
            lists += text::one_line(name) + "\n" + indented(as_columns(*value.array(), columns));
            continue;
        }
        auto const shown = text::one_line(name);
        out += shown + std::string(width + 2 - width_of(shown), ' ') + written(value) + "\n";
    }
    return out + lists;
}

std::string problem_of(std::string_view body) {
    if (auto const object = json::read_object(body)) {
        for (auto const* const name : {"detail", "title"}) {
            auto const said = json::text_member(*object, name);
            if (said && *said) return text::one_line(**said);
        }
    }
    if (body.empty()) return "no explanation given";
    return text::one_line(body.substr(0, problem_bytes_max));
}

}  // namespace updraft::cli
