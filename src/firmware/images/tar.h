// The members of a tar archive, in order, within limits.
//
// Lives here: names, places and sizes.
// Not here:   what members mean (firmware/images/mender.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "firmware/peek.h"

namespace updraft::firmware::images {

struct TarMember {
    std::string name;
    std::int64_t at = 0;  // Of its content.
    std::int64_t bytes = 0;
    std::int64_t next = 0;  // Where the header of the next one would be.
};

// The member whose header is at that place; nothing at the end of the archive, or when there is no
// header (its check sum is looked at). Records that only describe the next member are passed over.
[[nodiscard]] std::optional<TarMember> tar_member(Peek& file, std::int64_t at);

}  // namespace updraft::firmware::images
