// The operator commands as one table: noun, verb, the call that each makes, how its answer is
// shown.
//
// Lives here: the table.
//
// Not here:   parsing the command line and running one (cli/operate.h), the calls of
//             `firmware publish`, which are three (cli/publish.h).
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
};

enum class Need : std::uint8_t { optional, required };

struct Argument {
    std::string_view flags;  // As in Syntax::option().
    std::string_view name;   // In the call.
    Place place;
    Need need;
    std::string_view meaning;
};

enum class Shape : std::uint8_t {
    fields,   // One object.
    columns,  // {"items":[…],"nextCursor"}.
    nothing,  // 204.
    verdict,  // One object whose pushState tells whether the command succeeded.
    counts,   // Counts of an import or an order: the command fails when something was refused.
};

struct Command {
    std::string_view noun;
    std::string_view verb;  // "set" may also be written "update".
    std::string_view meaning;
    std::string_view method;
    std::string_view path;
    std::vector<Argument> arguments;
    Shape shape = Shape::fields;
    std::vector<std::string_view> columns = {};
    std::string_view content_type = "application/json";
    bool takes_token = true;  // False: the call needs no token, so none is sent.
};

// The table. The commands of one noun follow one another.
[[nodiscard]] std::span<Command const> commands();

struct Noun {
    std::string_view name;
    std::string_view meaning;
};
[[nodiscard]] std::span<Noun const> nouns();

// Of `firmware release` and `firmware publish`.
inline constexpr Argument accept_mismatch{
    "--accept-mismatch", "acceptMismatch", Place::flag, Need::optional,
    "Release it although the file contains another version or is damaged."};

// The arguments that describe a firmware, for `firmware create` and `firmware publish`.
[[nodiscard]] std::vector<Argument> firmware_arguments();

}  // namespace updraft::cli
