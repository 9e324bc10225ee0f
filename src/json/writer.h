// Writes JSON by appending to a string, without a tree and without copies.
//
// Lives here: commas, quotes and escapes.
//
// Not here:   reading (json/reader.h), the members of each answer (openota/, ddi/, admin/).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace updraft::json {

// Appends the text as a JSON string with quotes. Invalid UTF-8 is replaced by U+FFFD, so that the
// output is always valid JSON. Characters that are unsafe on a terminal (text::is_unsafe) are
// written as \uXXXX: a reader gets the same text, and the JSON can be shown as it is.
void append_string(std::string& out, std::string_view text);

// JSON that others wrote, for a terminal: what is unsafe there is written as \uXXXX, which has the
// same meaning in a string. A text that is not JSON becomes safe, too.
[[nodiscard]] std::string for_terminal(std::string_view json);

// Usage: w.object(); w.member("code", 0); w.key("result"); w.array(); w.end(); w.end();
// The caller must nest correctly; the writer does not check it. Used by one thread at a time.
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
    // Appends one value that is JSON text already.
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
    std::string closers_;  // The brackets that end() appends, innermost last.
    bool needs_comma_ = false;
};

}  // namespace updraft::json
