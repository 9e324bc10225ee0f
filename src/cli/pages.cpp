#include "cli/pages.h"

#include <algorithm>
#include <utility>

#include "cli/show.h"

namespace updraft::cli {
namespace {

constexpr auto const* most_items = "500";

// Walks over JSON that is known to be right, and finds where its parts end.
class Slices {
public:
    explicit Slices(std::string_view json) : rest_(json) {}

    // Skips white space and separators, and answers whether `mark` follows, which it takes.
    bool take(char mark) {
        skip();
        if (rest_.empty() || rest_.front() != mark) return false;
        rest_.remove_prefix(1);
        return true;
    }

    // The next value as it is written.
    std::string_view value() {
        skip();
        std::size_t at = 0;
        std::size_t depth = 0;
        for (; at < rest_.size(); ++at) {
            auto const letter = rest_[at];
            if (letter == '"') {
                at = end_of_string(at);
            } else if (letter == '{' || letter == '[') {
                ++depth;
            } else if (letter == '}' || letter == ']') {
                if (depth == 0) break;
                --depth;
            } else if (depth == 0 && separators.find(letter) != std::string_view::npos) {
                break;
            }
        }
        return std::exchange(rest_, rest_.substr(at)).substr(0, at);
    }

private:
    static constexpr std::string_view separators = " \t\r\n,:";

    void skip() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(separators), rest_.size()));
    }
    // Where the string that begins at `at` has its last quote.
    [[nodiscard]] std::size_t end_of_string(std::size_t at) const {
        for (++at; at + 1 < rest_.size() && rest_[at] != '"'; ++at) {
            if (rest_[at] == '\\') ++at;
        }
        return at;
    }

    std::string_view rest_;
};

// A line feed between two values of JSON means nothing, and would end a line of JSON.
std::string on_one_line(std::string_view json) {
    std::string line(json);
    std::ranges::replace_if(
        line, [](char letter) { return letter == '\n' || letter == '\r'; }, ' ');
    return line;
}

std::vector<std::string> texts_of_items(std::string_view body) {
    std::vector<std::string> texts;
    Slices slices(body);
    slices.take('{');
    while (!slices.take('}')) {
        auto const name = slices.value();
        if (name.empty()) break;
        if (name != "\"items\"") {
            slices.value();
            continue;
        }
        slices.take('[');
        while (!slices.take(']')) {
            auto const item = slices.value();
            if (item.empty()) return texts;
            texts.push_back(on_one_line(item));
        }
    }
    return texts;
}

}  // namespace

Result<Page> read_page(std::string_view body) {
    TRY_ASSIGN(auto const object, json::read_object(body));
    TRY_ASSIGN(auto const* const items, json::array_member(object, "items"));
    if (items == nullptr) return fail(Errc::invalid, "the answer has no items");
    TRY_ASSIGN(auto next, json::text_member(object, "nextCursor"));
    return Page{.items = *items, .texts = texts_of_items(body), .next_cursor = std::move(next)};
}

std::string problem_in(Command const& command, Answer const& answer) {
    auto const told = problem_of(answer.body);
    return "HTTP " + std::to_string(answer.status) + ": " + in_flags(command, told);
}

Walk walk_pages(Endpoint const& endpoint, Command const& command, Given given,
                TakePage const& take) {
    given.try_emplace(page_limit.flags, std::vector<std::string>{most_items});
    auto const ask = [&]() -> Result<Page> {
        TRY_ASSIGN(auto const call, call_of(command, given));
        TRY_ASSIGN(auto const answer, carry_out(endpoint, call));
        if (!answer.good()) return fail(Errc::unavailable, problem_in(command, answer));
        return read_page(answer.body);
    };
    std::optional<std::string> cursor;
    if (auto const found = given.find(page_cursor.flags); found != given.end()) {
        cursor = found->second.back();
    }
    while (true) {
        auto const page = ask();
        if (!page) return {.error = page.error(), .cursor = cursor};
        if (!take(*page) || !page->next_cursor) return {};
        if (page->next_cursor == cursor) {
            return {.error = Error{Errc::corrupt, "the server answers the same page again"},
                    .cursor = cursor};
        }
        cursor = page->next_cursor;
        given[page_cursor.flags] = {*cursor};
    }
}

}  // namespace updraft::cli
