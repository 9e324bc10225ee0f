// The terminal that the command line is used at, if it is one.
//
// Lives here: its size, questions to the person at it, and reading a secret without showing it.
//
// Not here:   which commands ask (cli/commands.h), what is printed (cli/show.h).
#pragma once

#include <cstddef>
#include <string>

#include "vocabulary/instant.h"
#include "vocabulary/result.h"
#include "vocabulary/secret.h"

namespace updraft::cli {

// How many columns a line of stdout may have; 0: no limit, because stdout is no terminal, or one
// that does not know its width.
[[nodiscard]] std::size_t columns_of_stdout();
// How many lines it shows; 0: stdout is no terminal, or one that does not know its height.
[[nodiscard]] std::size_t rows_of_stdout();

// Returns after that time, or earlier when the process gets a signal.
void wait_for(Millis time);

// True when somebody can read a question on stderr and answer it on stdin.
[[nodiscard]] bool somebody_answers();

// Asks on stderr, after making the question safe, and reads a line of stdin. True for y and yes in
// any case; everything else, and the end of stdin, is a no.
[[nodiscard]] bool agrees(std::string const& question);

// What is typed after `prompt`, which is not shown, or the first line of stdin when that is no
// terminal. Errc::invalid when nothing is there, or more than 4096 bytes; no error contains it.
[[nodiscard]] Result<Secret> ask_secret(std::string const& prompt);

}  // namespace updraft::cli
