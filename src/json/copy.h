// Writes a value that was read as JSON text again.
//
// Lives here: the copy, with all members in their order and numbers as they were written.
//
// Not here:   reading (json/reader.h), writing values of our own (json/writer.h).
#pragma once

#include "json/reader.h"
#include "json/writer.h"

namespace updraft::json {

void copy(Writer& writer, Value const& value);
void copy(Writer& writer, Object const& object);

}  // namespace updraft::json
