#include "json/reader.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <limits>

#include "text/whole_number.h"

namespace updraft::json {
namespace {

using boost::json::error_code;
using boost::json::string_view;

// Receives the parser's events and builds the tree. `open_` holds the objects and arrays that are
// not closed yet, innermost last.
class Grower {
public:
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_array_begin(error_code&) { return begin(Array{}); }
    bool on_array_end(std::size_t, error_code&) { return end(); }
    bool on_object_begin(error_code&) { return begin(Object{}); }
    bool on_object_end(std::size_t, error_code&) { return end(); }

    bool on_string_part(string_view part, std::size_t, error_code&) { return keep(part); }
    bool on_string(string_view part, std::size_t, error_code&) {
        keep(part);
        return add(Value{std::exchange(text_, {})});
    }
    bool on_key_part(string_view part, std::size_t, error_code&) { return keep(part); }
    bool on_key(string_view part, std::size_t, error_code&) {
        keep(part);
        open_.back().keys.push_back(std::exchange(text_, {}));
        return true;
    }

    bool on_number_part(string_view part, error_code&) { return keep(part); }
    bool on_int64(std::int64_t, string_view part, error_code&) { return on_number(part); }
    bool on_uint64(std::uint64_t, string_view part, error_code&) { return on_number(part); }
    bool on_double(double, string_view part, error_code&) { return on_number(part); }
    bool on_bool(bool truth, error_code&) { return add(Value{truth}); }
    bool on_null(error_code&) { return add(Value{}); }
    bool on_comment_part(string_view, error_code&) { return true; }
    bool on_comment(string_view, error_code&) { return true; }

    [[nodiscard]] Value take() { return std::move(root_); }

private:
    struct Open {
        std::variant<Array, Object> content;
        std::vector<std::string> keys;  // At most one: the key of the value being read.
    };

    bool keep(string_view part) {
        text_.append(part.data(), part.size());
        return true;
    }
    bool on_number(string_view part) {
        keep(part);
        return add(Value{Number{std::exchange(text_, {})}});
    }
    template <class Container>
    bool begin(Container container) {
        open_.push_back({std::move(container), {}});
        return true;
    }
    bool end() {
        auto closed = std::move(open_.back().content);
        open_.pop_back();
        return std::visit([this](auto&& content) { return add(Value{std::move(content)}); },
                          std::move(closed));
    }
    bool add(Value value) {
        if (open_.empty()) {
            root_ = std::move(value);
            return true;
        }
        auto& parent = open_.back();
        if (auto* array = std::get_if<Array>(&parent.content)) {
            array->push_back(std::move(value));
            return true;
        }
        std::get<Object>(parent.content)
            .members.emplace_back(std::move(parent.keys.back()), std::move(value));
        parent.keys.pop_back();
        return true;
    }

    std::vector<Open> open_;
    std::string text_;  // The parts of the current string, key or number.
    Value root_;
};

tl::unexpected<Error> not_a(std::string_view name, std::string_view kind) {
    return fail(Errc::invalid, std::string(name) + " must be " + std::string(kind));
}

// The member's content as T; nullptr when absent; Errc::invalid, naming the member, when it has
// another type.
template <class T>
Result<T const*> typed_member(Object const& object, std::string_view name,
                              T const* (Value::*as)() const, std::string_view kind) {
    TRY_ASSIGN(auto const* value, object.find(name));
    if (value == nullptr) return nullptr;
    auto const* content = (value->*as)();
    if (content == nullptr) return not_a(name, kind);
    return content;
}

struct Parsed {
    error_code trouble;
    std::size_t used = 0;
    Value value;
};

Parsed parse(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = depth_max;
    boost::json::basic_parser<Grower> parser(options);
    Parsed parsed;
    parsed.used = parser.write_some(false, text.data(), text.size(), parsed.trouble);
    if (!parsed.trouble) parsed.value = parser.handler().take();
    return parsed;
}

// The value of a JSON number with a fraction or an exponent; nothing when it is not whole or does
// not fit.
std::optional<std::int64_t> read_scientific(std::string_view written) {
    auto const mantissa = written.substr(0, written.find_first_of("eE"));
    auto exponent_text = written.substr(std::min(mantissa.size() + 1, written.size()));
    if (exponent_text.starts_with('+')) exponent_text.remove_prefix(1);
    auto const point = std::min(mantissa.find('.'), mantissa.size());
    auto const fraction = mantissa.substr(std::min(point + 1, mantissa.size()));
    auto digits = std::string(mantissa.substr(0, point)) + std::string(fraction);

    auto const last = digits.find_last_of("123456789");
    if (last == std::string::npos) return 0;
    auto const dropped = digits.size() - 1 - last;
    digits.resize(last + 1);
    auto const exponent = exponent_text.empty() ? 0 : text::read_whole<int>(exponent_text);
    if (!exponent) return std::nullopt;
    // The number is `digits`, which do not end in 0, followed by this number of zeros.
    auto const zeros =
        *exponent + static_cast<std::int64_t>(dropped) - static_cast<std::int64_t>(fraction.size());
    if (zeros < 0 || zeros > std::numeric_limits<std::int64_t>::digits10) return std::nullopt;
    digits.append(static_cast<std::size_t>(zeros), '0');
    return text::read_whole(digits);
}

// The digits of an exponent. A value over 999999999 is replaced by 999999999, because Boost.JSON
// overflows on larger ones; no number type holds either of them.
std::string_view short_exponent(std::string_view digits) {
    constexpr std::string_view largest = "999999999";
    auto const first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    auto const significant = digits.substr(first);
    return significant.size() > largest.size() ? largest : significant;
}

// The text with short_exponent() applied to every number.
std::string with_short_exponents(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    bool in_string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto const c = text[at];
        out += c;
        if (c == '"') in_string = !in_string;
        if (in_string && c == '\\' && at + 1 < text.size()) out += text[++at];
        bool const behind_digit = at > 0 && text::is_digit(text[at - 1]);
        if (in_string || (c != 'e' && c != 'E') || !behind_digit) continue;
        auto begin = at + 1;
        if (begin < text.size() && (text[begin] == '+' || text[begin] == '-')) out += text[begin++];
        auto end = begin;
        while (end < text.size() && text::is_digit(text[end])) ++end;
        if (end > begin) out += short_exponent(text.substr(begin, end - begin));
        at = end - 1;
    }
    return out;
}

}  // namespace

Result<Value const*> Object::find(std::string_view name) const {
    Value const* found = nullptr;
    for (auto const& [key, value] : members) {
        if (key != name) continue;
        if (found != nullptr) return fail(Errc::invalid, std::string(name) + " was given twice");
        found = &value;
    }
    if (found != nullptr && found->is_null()) found = nullptr;
    return found;
}

Result<Value> read(std::string_view text) {
    auto parsed = parse(text);
    std::string shorter;
    if (parsed.trouble == boost::json::error::exponent_overflow) {
        shorter = with_short_exponents(text);
        text = shorter;
        parsed = parse(text);
    }
    auto const& trouble = parsed.trouble;
    if (trouble == boost::json::error::too_deep) {
        return fail(Errc::invalid, "the body nests deeper than 32 levels");
    }
    if (trouble) return fail(Errc::invalid, "the body is not JSON: " + trouble.message());
    if (parsed.used != text.size()) {
        return fail(Errc::invalid, "the body goes on after its JSON value");
    }
    return std::move(parsed.value);
}

Result<Object> read_object(std::string_view text) {
    TRY_ASSIGN(auto value, read(text));
    auto const* object = value.object();
    if (object == nullptr) return fail(Errc::invalid, "the body must be a JSON object");
    return std::move(*object);
}

std::optional<std::int64_t> whole_of(Number const& number) {
    std::string_view const written = number.digits;
    if (written.find_first_of(".eE") == std::string_view::npos) return text::read_whole(written);
    return read_scientific(written);
}

Result<std::optional<std::string>> text_member(Object const& object, std::string_view name) {
    TRY_ASSIGN(auto const* text, typed_member(object, name, &Value::string, "a string"));
    if (text == nullptr) return std::nullopt;
    if (text->find('\0') != std::string::npos) {
        return fail(Errc::invalid, std::string(name) + " contains U+0000");
    }
    return *text;
}

Result<std::optional<std::int64_t>> whole_member(Object const& object, std::string_view name) {
    TRY_ASSIGN(auto const* number, typed_member(object, name, &Value::number, "an integer"));
    if (number == nullptr) return std::nullopt;
    auto const whole = whole_of(*number);
    if (!whole) return not_a(name, "an integer of at most 64 bits");
    return whole;
}

Result<std::optional<bool>> truth_member(Object const& object, std::string_view name) {
    TRY_ASSIGN(auto const* truth, typed_member(object, name, &Value::boolean, "true or false"));
    if (truth == nullptr) return std::nullopt;
    return *truth;
}

Result<Object const*> object_member(Object const& object, std::string_view name) {
    return typed_member(object, name, &Value::object, "an object");
}

Result<Array const*> array_member(Object const& object, std::string_view name) {
    return typed_member(object, name, &Value::array, "a list");
}

}  // namespace updraft::json
