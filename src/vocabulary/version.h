// Which version of Updraft this is.
//
// Lives here: one word, in one object file, so that a test can link a program that says another.
// Not here:   what a database was brought to (sqlstore/schema/migrate.h).
#pragma once

namespace updraft {

[[nodiscard]] char const* program_version();

}  // namespace updraft
