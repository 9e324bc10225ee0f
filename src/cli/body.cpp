#include "cli/body.h"

#include <algorithm>

#include "json/writer.h"

namespace updraft::cli {
namespace {

void write(json::Writer& writer, json::Value const& value) {
    if (auto const* text = value.string()) {
        writer.value(*text);
    } else if (auto const* number = value.number()) {
        writer.raw(number->digits);
    } else if (auto const* truth = value.boolean()) {
        writer.value(*truth);
    } else if (auto const* list = value.array()) {
        writer.array();
        for (auto const& element : *list) write(writer, element);
        writer.end();
    } else if (auto const* object = value.object()) {
        writer.object();
        for (auto const& [name, content] : object->members) {
            writer.key(name);
            write(writer, content);
        }
        writer.end();
    } else {
        writer.null();
    }
}

}  // namespace

std::string json_of(json::Value const& value) {
    std::string text;
    json::Writer writer(text);
    write(writer, value);
    return text;
}

Body& Body::at(std::string_view path) {
    if (path.empty()) return *this;
    auto const dot = path.find('.');
    auto const name = path.substr(0, dot);
    is_value_ = false;
    auto found = std::ranges::find(members_, name, &std::pair<std::string, Body>::first);
    if (found == members_.end()) {
        members_.emplace_back(std::string(name), Body{});
        found = members_.end() - 1;
    }
    return found->second.at(dot == std::string_view::npos ? "" : path.substr(dot + 1));
}

void Body::put(std::string_view path, std::string json) {
    auto& member = at(path);
    member.members_.clear();
    member.json_ = std::move(json);
    member.is_value_ = true;
}

void Body::put_all(std::string_view path, json::Object const& object) {
    auto& member = at(path);
    member.is_value_ = false;
    for (auto const& [name, value] : object.members) {
        // A name of the file may have a dot in it; it is one name all the same.
        auto& own = member.members_.emplace_back(name, Body{}).second;
        if (auto const* inner = value.object()) {
            own.put_all("", *inner);
        } else {
            own.put("", json_of(value));
        }
    }
}

void Body::append_to(std::string& out) const {
    if (is_value_) {
        out += json_;
        return;
    }
    auto separator = '{';
    for (auto const& [name, member] : members_) {
        out += separator;
        json::append_string(out, name);
        out += ':';
        member.append_to(out);
        separator = ',';
    }
    out += members_.empty() ? "{}" : "}";
}

std::string Body::text() const {
    std::string out;
    append_to(out);
    return out;
}

}  // namespace updraft::cli
