// A strict JSON reader that keeps all duplicate members and every digit of a number.
//
// Lives here: parsing text into a small tree, and typed access to the members of an object.
//
// Not here:   the members of each request, and their limits (openota/, ddi/, admin/).
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

// A number as it was written, such as "1e400". Whether it fits is checked when it is read as a
// type.
struct Number {
    std::string digits;
};

// Members in the order of the text, duplicates included.
struct Object {
    std::vector<Member> members;

    // The member of that name; nullptr when it is absent or `null`. Errc::invalid when it occurs
    // twice.
    [[nodiscard]] Result<Value const*> find(std::string_view name) const;
};

// A value is null, a boolean, a number, a string, an array or an object. Each accessor returns
// nullptr when the value has another type.
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

inline constexpr std::size_t depth_max = 32;  // Levels; the outermost object is level 1.

// Errc::invalid for text that is not JSON, a byte order mark, invalid UTF-8, a lone surrogate,
// nesting deeper than depth_max, and empty text: a caller that accepts an empty body checks first.
[[nodiscard]] Result<Value> read(std::string_view text);
// As read(). Errc::invalid also when the value is not an object.
[[nodiscard]] Result<Object> read_object(std::string_view text);

// The number as an integer, in whichever notation it is written: 10, 10.0, 1e1 and 100e-1 are the
// same. Nothing when it has a fraction or does not fit into 64 bits.
[[nodiscard]] std::optional<std::int64_t> whole_of(Number const& number);

// The content of a member. Nothing (or nullptr) when it is absent or `null`. Errc::invalid, naming
// the member, when it has another type, does not fit the number type, contains U+0000, or occurs
// twice.
[[nodiscard]] Result<std::optional<std::string>> text_member(Object const& object,
                                                             std::string_view name);
[[nodiscard]] Result<std::optional<std::int64_t>> whole_member(Object const& object,
                                                               std::string_view name);
[[nodiscard]] Result<std::optional<bool>> truth_member(Object const& object, std::string_view name);
[[nodiscard]] Result<Object const*> object_member(Object const& object, std::string_view name);
[[nodiscard]] Result<Array const*> array_member(Object const& object, std::string_view name);

}  // namespace updraft::json
