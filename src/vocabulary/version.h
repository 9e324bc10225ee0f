// The version of this program.
//
// Lives here: the version text, in a separate object file, so that a test can link a program with
//             another version.
//
// Not here:   the version of a database (sqlstore/schema/migrate.h).
#pragma once

namespace updraft {

[[nodiscard]] char const* program_version();

}  // namespace updraft
