// What commands print that is no table: JSON, and errors.
//
// Lives here: keeping control sequences from a terminal in both.
//
// Not here:   answers for people (cli/show.h).
#pragma once

#include <string>
#include <string_view>

namespace updraft::cli {

inline constexpr int wrong_usage = 2;  // Exit status.

// Prints one line to stderr: why a command failed. Answers `status`.
[[nodiscard]] int refuse(std::string const& why, int status = 1);

// Prints the bytes of an answer and a line feed to stdout. Updraft's answers are printed as they
// came: they hold nothing that controls a terminal. What others send raw is written as \uXXXX,
// which means the same in JSON. Nothing for an empty answer.
void print_json(std::string_view json);

// Writes out what was printed. False when stdout took less than that.
[[nodiscard]] bool flush_output();

}  // namespace updraft::cli
