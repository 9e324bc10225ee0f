#include "cli/show.h"

#include <algorithm>

#include "cli/text_width.h"
#include "text/clean_text.h"

namespace updraft::cli {
namespace {

constexpr std::size_t problem_bytes_max = 500;
constexpr std::size_t indent = 2;

std::string written(json::Value const& value) {
    if (auto const* said = value.string()) return text::escaped(*said);
    if (auto const* number = value.number()) return number->digits;
    if (auto const* truth = value.boolean()) return *truth ? "true" : "false";
    if (value.is_null()) return "-";
    std::string out;
    if (auto const* list = value.array()) {
        for (auto const& element : *list) out += (out.empty() ? "" : ", ") + written(element);
    } else if (auto const* object = value.object()) {
        for (auto const& [name, content] : object->members) {
            out += (out.empty() ? "" : ", ") + text::escaped(name) + "=" + written(content);
        }
    }
    return out.empty() ? "-" : out;
}

// The member that a path such as "actor.name" leads to; nullptr when there is none.
json::Value const* member_at(json::Value const& item, std::string_view path) {
    auto const* const object = item.object();
    if (object == nullptr) return path.empty() ? &item : nullptr;
    auto const dot = path.find('.');
    auto const value = object->find(path.substr(0, dot));
    if (!value || *value == nullptr || dot == std::string_view::npos)
        return value.value_or(nullptr);
    return member_at(**value, path.substr(dot + 1));
}

std::string cell(json::Value const& item, std::string_view column) {
    auto const* const value = member_at(item, column);
    return value == nullptr ? "-" : written(*value);
}

bool is_list_of_objects(json::Value const& value) {
    auto const* const list = value.array();
    return list != nullptr && !list->empty() && list->front().object() != nullptr;
}

std::string indented(std::string const& text) {
    std::string out;
    auto at_start = true;
    for (auto const letter : text) {
        if (at_start) out.append(indent, ' ');
        out += letter;
        at_start = letter == '\n';
    }
    return out;
}

// A list of objects with a column for each member of the first one.
std::string table_of(json::Array const& items, std::size_t columns_max) {
    std::vector<std::string_view> columns;
    Row headings;
    for (auto const& member : items.front().object()->members) {
        columns.emplace_back(member.first);
        headings.push_back(text::escaped(member.first));
    }
    auto const room = columns_max > indent ? columns_max - indent : columns_max;
    return Table(std::move(headings), room).page(rows_of(items, columns));
}

}  // namespace

std::vector<Row> rows_of(json::Array const& items, std::span<std::string_view const> columns) {
    std::vector<Row> rows;
    rows.reserve(items.size());
    for (auto const& item : items) {
        auto& row = rows.emplace_back();
        for (auto const column : columns) row.push_back(cell(item, column));
    }
    return rows;
}

std::string as_fields(json::Object const& object, std::size_t columns_max) {
    std::size_t width = 0;
    for (auto const& [name, value] : object.members) {
        if (!is_list_of_objects(value)) width = std::max(width, columns_of(text::escaped(name)));
    }
    std::string out;
    std::string lists;
    for (auto const& [name, value] : object.members) {
        auto const shown = text::escaped(name);
        if (is_list_of_objects(value)) {
            lists += shown + "\n" + indented(table_of(*value.array(), columns_max));
            continue;
        }
        out += shown + std::string(width + 2 - columns_of(shown), ' ') + written(value) + "\n";
    }
    return out + lists;
}

std::string problem_of(std::string_view body) {
    if (auto const object = json::read_object(body)) {
        for (auto const* const name : {"detail", "title"}) {
            auto const said = json::text_member(*object, name);
            if (said && *said) return text::escaped(**said);
        }
    }
    if (body.empty()) return "no explanation given";
    return text::escaped(body.substr(0, problem_bytes_max));
}

}  // namespace updraft::cli
