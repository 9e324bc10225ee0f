#include "firmware/images/settings_text.h"

#include <charconv>
#include <cstdint>
#include <vector>

namespace updraft::firmware::images {
namespace {

constexpr std::size_t group_depth_max = 32;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'; }

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-.*+@").find(c) != std::string_view::npos;
}

// Appends a code point up to U+FFFF. Surrogates are kept; json::append_string() replaces them.
void append_utf8(std::string& out, std::uint32_t point) {
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xC0U | point >> 6U);
        out += static_cast<char>(0x80U | (point & 0x3FU));
    } else {
        out += static_cast<char>(0xE0U | point >> 12U);
        out += static_cast<char>(0x80U | (point >> 6U & 0x3FU));
        out += static_cast<char>(0x80U | (point & 0x3FU));
    }
}

class SettingsWalk {
public:
    using Found = std::function<void(std::span<std::string const>, std::string_view)>;

    SettingsWalk(std::string_view text, Found const& found) : rest_(text), found_(found) {}

    void run() {
        while (skip_blanks() && step()) {
        }
    }

private:
    struct Frame {
        bool is_group;
        bool named;  // True when it added a name to names_.
    };

    [[nodiscard]] bool in_group() const { return frames_.empty() || frames_.back().is_group; }

    bool step() {
        auto const c = rest_.front();
        switch (c) {
            case '{':
            case '[':
            case '(':
                rest_.remove_prefix(1);
                return open(c == '{');
            case '}':
            case ']':
            case ')':
                rest_.remove_prefix(1);
                return close();
            case '=':
            case ':':
                rest_.remove_prefix(1);
                awaits_value_ = true;
                return true;
            case ';':
            case ',':
                rest_.remove_prefix(1);
                forget_name();
                return true;
            case '"':
                return take(quoted());
            default:
                return is_word(c) && take(word());
        }
    }

    bool open(bool is_group) {
        if (frames_.size() == group_depth_max) return false;
        auto const named = awaits_value_ && !name_.empty();
        if (named) names_.push_back(name_);
        frames_.push_back({is_group, named});
        forget_name();
        return true;
    }

    bool close() {
        if (frames_.empty()) return false;
        if (frames_.back().named) names_.pop_back();
        frames_.pop_back();
        forget_name();
        return true;
    }

    void forget_name() {
        name_.clear();
        awaits_value_ = false;
    }

    bool take(std::string text) {
        if (!in_group()) {
            found_(names_, text);
        } else if (awaits_value_) {
            names_.push_back(name_);
            found_(names_, text);
            names_.pop_back();
            forget_name();
        } else {
            name_ = std::move(text);
        }
        return true;
    }

    std::string word() {
        std::size_t end = 0;
        while (end < rest_.size() && is_word(rest_[end])) ++end;
        std::string text(rest_.substr(0, end));
        rest_.remove_prefix(end);
        return text;
    }

    // Adjacent string literals are joined.
    std::string quoted() {
        std::string text;
        while (!rest_.empty() && rest_.front() == '"') {
            rest_.remove_prefix(1);
            while (!rest_.empty() && rest_.front() != '"') append_character(text);
            if (!rest_.empty()) rest_.remove_prefix(1);
            skip_blanks();
        }
        return text;
    }

    void append_character(std::string& text) {
        auto const c = rest_.front();
        rest_.remove_prefix(1);
        if (c != '\\' || rest_.empty()) {
            text += c;
            return;
        }
        auto const escaped = rest_.front();
        rest_.remove_prefix(1);
        constexpr std::string_view letters = "nrtf";
        constexpr std::string_view meant = "\n\r\t\f";
        if (escaped == 'x') {
            append_code(text, 2);
        } else if (escaped == 'u') {
            append_code(text, 4);
        } else if (auto const at = letters.find(escaped); at != std::string_view::npos) {
            text += meant[at];
        } else {
            text += escaped;
        }
    }

    void append_code(std::string& text, std::size_t digits) {
        auto const code = rest_.substr(0, digits);
        std::uint32_t point = 0;
        auto const [stop, trouble] =
            std::from_chars(code.data(), code.data() + code.size(), point, 16);
        if (trouble != std::errc{} || stop != code.data() + digits) return;
        rest_.remove_prefix(digits);
        append_utf8(text, point);
    }

    // False at the end of the text.
    bool skip_blanks() {
        while (!rest_.empty()) {
            if (is_blank(rest_.front())) {
                rest_.remove_prefix(1);
            } else if (rest_.front() == '#' || rest_.starts_with("//")) {
                skip_past("\n");
            } else if (rest_.starts_with("/*")) {
                skip_past("*/");
            } else {
                return true;
            }
        }
        return false;
    }

    void skip_past(std::string_view end) {
        auto const at = rest_.find(end);
        rest_ = at == std::string_view::npos ? std::string_view{} : rest_.substr(at + end.size());
    }

    std::string_view rest_;
    Found const& found_;
    std::vector<Frame> frames_;
    std::vector<std::string> names_;
    std::string name_;
    bool awaits_value_ = false;
};

}  // namespace

void each_setting(
    std::string_view text,
    std::function<void(std::span<std::string const> names, std::string_view value)> const& found) {
    SettingsWalk(text, found).run();
}

}  // namespace updraft::firmware::images
