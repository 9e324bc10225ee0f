// Reads the description of a firmware file that was stored as JSON.
//
// Lives here: the members that decide something: the format and the damage.
//
// Not here:   writing it (firmware/inspect.h), comparing versions (firmware/agreement.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "firmware/image.h"

namespace updraft::firmware {

struct StoredImage {
    Format format = Format::raw;
    std::optional<std::string> damage;  // As Image::damage.
};

// `image` is the text of firmware/inspect.h, or empty. Never fails: what cannot be read is as in a
// file of no known format.
[[nodiscard]] StoredImage read_stored_image(std::string_view image);

}  // namespace updraft::firmware
