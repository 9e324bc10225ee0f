// The rule for every new name: which characters it may have.
//
// Lives here: the check, for names that operators give (devices, models, versions, users, apps,
//             files) and for dids that apps send.
//
// Not here:   lengths (vocabulary/ids.h and each call), which characters are unsafe
//             (text/clean_text.h). Names that exist already are found without this check.
#pragma once

#include <string_view>

#include "vocabulary/result.h"

namespace updraft {

// Errc::invalid, naming `field` and the character, when the text is not UTF-8 or has a control
// character, a format or bidirectional character, or a separator of lines (text::is_nameable).
[[nodiscard]] Result<void> check_new_name(std::string_view text, std::string_view field);

}  // namespace updraft
