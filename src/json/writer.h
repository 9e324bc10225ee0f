// Writes JSON by appending to a string: no tree, no copies.
//
// Lives here: commas, quotes and escapes.
// Not here:   reading (json/reader.h), which member goes where (the edges).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace updraft::json {

// Text as a JSON string with its quotes. Invalid UTF-8 is replaced by U+FFFD, so that what we write
// can always be read.
void append_string(std::string& out, std::string_view text);

// Usage: w.object(); w.member("code", 0); w.key("result"); w.array(); w.end(); w.end();
// The nesting is checked by nobody: the tests of each edge read what they wrote.
class Writer {
public:
    explicit Writer(std::string& out) : out_(out) {}

    Writer& object() { return open('{', '}'); }
    Writer& array() { return open('[', ']'); }
    // Closes the innermost object or array.
    Writer& end();

    Writer& key(std::string_view name);
    Writer& value(std::string_view text);
    Writer& value(char const* text) { return value(std::string_view(text)); }
    Writer& value(std::int64_t number);
    Writer& value(int number) { return value(std::int64_t{number}); }
    Writer& value(bool truth);
    Writer& null();
    // Text that is JSON already.
    Writer& raw(std::string_view json);

    template <class T>
    Writer& member(std::string_view name, T const& content) {
        key(name);
        return value(content);
    }
    template <class T>
    Writer& member(std::string_view name, std::optional<T> const& content) {
        key(name);
        return content ? value(*content) : null();
    }

private:
    Writer& open(char opening, char closing);
    void separate();

    std::string& out_;
    std::string closers_;  // What end() writes, innermost last.
    bool needs_comma_ = false;
};

}  // namespace updraft::json
