// The pages of a list.
//
// Lives here: what a page of the admin API holds, and asking for one page after the other.
//
// Not here:   one call (cli/client.h), how a page is shown (cli/operate.h).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/call.h"
#include "cli/client.h"
#include "json/reader.h"

namespace updraft::cli {

struct Page {
    json::Array items;
    // Each item as it stands in the answer, without line feeds.
    std::vector<std::string> texts;
    std::optional<std::string> next_cursor;
};

// Errc::invalid when the text is no page of a list.
[[nodiscard]] Result<Page> read_page(std::string_view body);

// Where a walk through pages ended.
struct Walk {
    std::optional<Error> error{};         // Absent: after the last page.
    std::optional<std::string> cursor{};  // With an error: of the page that could not be got.
};

// Answers false to end the walk early.
using TakePage = std::function<bool(Page const&)>;

// Asks for all pages from the cursor in `given` on, if there is one, and hands each over before the
// next one is asked for. Pages have 500 items unless `given` has a limit. Errors of carry_out(), of
// read_page(), and of answers that are no success.
[[nodiscard]] Walk walk_pages(Endpoint const& endpoint, Command const& command, Given given,
                              TakePage const& take);

// An answer that is no success, in the words of the command.
[[nodiscard]] std::string problem_in(Command const& command, Answer const& answer);

}  // namespace updraft::cli
