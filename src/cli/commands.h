// The operator commands as one table: noun, verb, the call that each makes, how its answer is
// shown.
//
// Lives here: the types of the table, and the whole of it.
//
// Not here:   the rows of each noun (cli/nouns/), parsing the command line and running one
//             (cli/operate.h), the calls of `firmware publish`, which are three (cli/publish.h).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace updraft::cli {

// The part of the call that an argument becomes.
enum class Place : std::uint8_t {
    path,    // The {name} of the path.
    query,   // ?name=
    text,    // A member of the body: a string,
    number,  // a whole number,
    truth,   // true or false,
    texts,   // a list of strings (may be given several times, or with commas),
    flag,    // true when the flag is given, else nothing,
    null,    // null when the flag is given, else nothing.
    file,    // The body itself.
    local,   // Nothing: a flag that is for the command line only.
    object,  // The members of the JSON object in that file ("-": standard input).
    lines,   // A list of strings: the lines of that file, without those that are empty.
    waves,   // A list of waves: cli/rollout_words.h.
    window,  // A window, or "any".
    preset,  // The name of a preset; "none": the outermost member is this text.
};

enum class Need : std::uint8_t { optional, required };

struct Argument {
    std::string_view flags;  // As in Syntax::option().
    std::string_view name;   // In the call; "plan.waves" is the member waves of the member plan.
    Place place;
    Need need;
    std::string_view meaning;
};

enum class Shape : std::uint8_t {
    fields,   // One object.
    columns,  // {"items":[…],"nextCursor"}. The table adds the arguments of pages.
    lines,    // The same, but always all pages, each item a line of JSON.
    nothing,  // 204.
    verdict,  // One object: the command fails unless pushState is "verified" or acknowledged true.
    counts,   // Counts of an import or an order: the command fails when something was refused.
};

struct Command {
    std::string_view noun;
    std::string_view verb;  // Its other names: other_names().
    std::string_view meaning;
    std::string_view method;
    std::string_view path;
    std::vector<Argument> arguments;
    Shape shape = Shape::fields;
    // Of a list: members of its items; "actor.name" is a member of a member.
    std::vector<std::string_view> columns = {};
    // Asked on a terminal before a call that cannot be undone; "{name}" stands for the argument of
    // that name. Empty: nothing is asked.
    std::string_view question = {};
    std::string_view content_type = "application/json";
    // Of a command that makes another call when its id is given, and nothing else: GET this path.
    std::string_view path_of_one = {};
};

// The table. The commands of one noun follow one another.
[[nodiscard]] std::span<Command const> commands();

struct Noun {
    std::string_view name;
    std::string_view meaning;
};
[[nodiscard]] std::span<Noun const> nouns();

// Words that are understood in place of a verb.
[[nodiscard]] std::span<std::string_view const> other_names(std::string_view verb);

// Says that all pages of a list are wanted.
inline constexpr Argument all_pages{"--all", "", Place::local, Need::optional,
                                    "List all pages, with --json one item on each line."};
inline constexpr Argument page_limit{"--limit", "limit", Place::query, Need::optional,
                                     "Most items of a page (1 to 500)."};
inline constexpr Argument page_cursor{"--cursor", "cursor", Place::query, Need::optional,
                                      "Continue after the page that ended with this cursor."};

// Says that the question of a command is answered with yes.
inline constexpr Argument yes{"-y,--yes", "", Place::local, Need::optional,
                              "Do it without asking. Nothing is asked where no terminal is."};

// Of `firmware release` and `firmware publish`.
inline constexpr Argument accept_mismatch{
    "--accept-mismatch", "acceptMismatch", Place::flag, Need::optional,
    "Release it although the file contains another version or is damaged."};

// Of both as well: the rollout that the release begins with.
[[nodiscard]] std::vector<Argument> release_arguments();

// The arguments that describe a firmware, for `firmware create` and `firmware publish`.
[[nodiscard]] std::vector<Argument> firmware_arguments();

}  // namespace updraft::cli
