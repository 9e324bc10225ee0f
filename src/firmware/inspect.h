// Recognising a firmware file and reading what it says of itself.
//
// Lives here: which format it is, tried in order, and the text that is stored and shown of it.
// Not here:   the formats (firmware/images/readers.h), whether it fits the release
//             (firmware/agreement.h).
#pragma once

#include <string>

#include "firmware/image.h"
#include "firmware/peek.h"

namespace updraft::firmware {

// Never fails: what can't be read is left out, what can't be recognised is Format::raw.
[[nodiscard]] Image inspect(Peek& file);

// A JSON object: `format`, `version` when there is one, and the facts.
[[nodiscard]] std::string written(Image const& image);

}  // namespace updraft::firmware
