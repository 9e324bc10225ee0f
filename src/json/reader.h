// Reads JSON strictly, and keeps what lenient parsers throw away.
//
// Lives here: text to a small tree that still knows a number's digits and a member given twice.
// Not here:   which members are known and what they must be (each edge's readers).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "vocabulary/result.h"

namespace updraft::json {

class Value;
using Array = std::vector<Value>;
using Member = std::pair<std::string, Value>;

// A number as it was written: "1e400" and thirty digits are kept, and refused by whoever reads
// them.
struct Number {
    std::string digits;
};

// Members in the order sent, doubles included.
struct Object {
    std::vector<Member> members;

    // The member of that name; null when absent or `null`. Errc::invalid when it was given twice.
    [[nodiscard]] Result<Value const*> find(std::string_view name) const;
};

class Value {
public:
    Value() = default;
    template <class T>
    explicit Value(T content) : content_(std::move(content)) {}

    [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(content_); }
    [[nodiscard]] bool const* boolean() const { return std::get_if<bool>(&content_); }
    [[nodiscard]] Number const* number() const { return std::get_if<Number>(&content_); }
    [[nodiscard]] std::string const* string() const { return std::get_if<std::string>(&content_); }
    [[nodiscard]] Array const* array() const { return std::get_if<Array>(&content_); }
    [[nodiscard]] Object const* object() const { return std::get_if<Object>(&content_); }

private:
    std::variant<std::monostate, bool, Number, std::string, Array, Object> content_;
};

inline constexpr std::size_t depth_max = 32;  // The outermost object is level 1.

// Refuses (Errc::invalid): what is not JSON, a byte order mark, invalid UTF-8, a lone surrogate,
// deeper nesting than depth_max. `text` empty is refused as well: the caller decides what it means.
[[nodiscard]] Result<Value> read(std::string_view text);
// The same, and it must be an object.
[[nodiscard]] Result<Object> read_object(std::string_view text);

// Known members. Absent and `null` are nothing; another type, a number that does not fit, or text
// with U+0000 is Errc::invalid naming the member.
[[nodiscard]] Result<std::optional<std::string>> text_member(Object const& object,
                                                             std::string_view name);
[[nodiscard]] Result<std::optional<std::int64_t>> whole_member(Object const& object,
                                                               std::string_view name);
[[nodiscard]] Result<std::optional<bool>> truth_member(Object const& object, std::string_view name);
[[nodiscard]] Result<Object const*> object_member(Object const& object, std::string_view name);
[[nodiscard]] Result<Array const*> array_member(Object const& object, std::string_view name);

}  // namespace updraft::json
