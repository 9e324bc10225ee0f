// Recognises the format of a firmware file and reads the description in it.
//
// Lives here: the order in which formats are tried, and the JSON text that is stored and shown.
//
// Not here:   the formats (firmware/images/readers.h), comparing versions with the release
//             (firmware/agreement.h).
#pragma once

#include <string>

#include "firmware/image.h"
#include "firmware/peek.h"

namespace updraft::firmware {

// Never fails: a part that cannot be read is left out, and an unknown file is Format::raw.
[[nodiscard]] Image inspect(Peek& file);

// A JSON object with `format`, `version` and `damage` if there are such, and the facts.
[[nodiscard]] std::string image_json(Image const& image);

}  // namespace updraft::firmware
