// Makes a call of the admin API from the arguments of a command.
//
// Lives here: filling a command's path, query and body, and the way back: from the names of the API
//             to flags.
//
// Not here:   the command line's grammar (cli/operate.h), the call itself (cli/client.h).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/client.h"
#include "cli/commands.h"

namespace updraft::cli {

// The arguments that were given, by Argument::flags; a flag without a value has one empty text.
using Given = std::map<std::string_view, std::vector<std::string>>;

// Errc::invalid when the file that is to be sent is a directory.
[[nodiscard]] Result<void> may_be_sent(std::string const& file);

// Errc::invalid, naming the flag, when a value is not what it must be, a file that it names cannot
// be read, it does not go with another one, or two flags say the same thing differently; errors of
// may_be_sent().
[[nodiscard]] Result<Call> call_of(Command const& command, Given const& given);

// The server's text, with the flags of the command in place of the API's names of its arguments.
[[nodiscard]] std::string in_flags(Command const& command, std::string_view text);

}  // namespace updraft::cli
