// The operator commands as one table: noun, verb, the call each makes, and how its answer is shown.
//
// Lives here: the table.
// Not here:   parsing the command line and running one (cli/operate.h), the calls of
//             `firmware publish`, which are three (cli/publish.h).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace updraft::cli {

// Where an argument goes in the call.
enum class Place : std::uint8_t {
    path,    // The {name} of the path.
    query,   // ?name=
    text,    // A member of the body: a string,
    number,  // a whole number,
    truth,   // true or false,
    texts,   // a list of strings (may be given several times, or with commas),
    flag,    // true when the flag is there, else nothing,
    null,    // null when the flag is there, else nothing.
    file,    // The body itself.
};

enum class Need : std::uint8_t { optional, required };

struct Argument {
    std::string_view flags;  // CLI11's: "appid" is positional, "--name" is not, "name,--name" both.
    std::string_view name;   // On the wire.
    Place place;
    Need need;
    std::string_view meaning;
};

enum class Shape : std::uint8_t {
    fields,   // One object.
    columns,  // {"items":[…],"nextCursor"}.
    nothing,  // 204.
    verdict,  // One object whose pushState tells whether it came out well.
    counts,   // An import or an order: fields, and what was refused makes the command fail.
};

struct Command {
    std::string_view noun;
    std::string_view verb;
    std::string_view meaning;
    std::string_view method;
    std::string_view path;
    std::vector<Argument> arguments;
    Shape shape = Shape::fields;
    std::vector<std::string_view> columns = {};
    std::string_view content_type = "application/json";
};

// Commands of one noun stand together.
[[nodiscard]] std::span<Command const> commands();

struct Noun {
    std::string_view name;
    std::string_view meaning;
};
[[nodiscard]] std::span<Noun const> nouns();

// What a release is described with; `firmware create` and `firmware publish` share it.
[[nodiscard]] std::vector<Argument> firmware_arguments();

}  // namespace updraft::cli
