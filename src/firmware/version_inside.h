// The version that a firmware file states inside.
//
// Lives here: the type, and reading it from the stored description of a file.
//
// Not here:   the description (firmware/image.h), comparing it with other versions
//             (firmware/agreement.h).
#pragma once

#include <string>
#include <string_view>

namespace updraft::firmware {

struct VersionInside {
    std::string format;   // A word of firmware/image.h.
    std::string version;  // Empty: the file states none.

    [[nodiscard]] bool stated() const { return !version.empty(); }
    bool operator==(VersionInside const&) const = default;
};

// From the text of Artifact::image. Not stated when it is empty or cannot be read.
[[nodiscard]] VersionInside read_version_inside(std::string_view image);

}  // namespace updraft::firmware
