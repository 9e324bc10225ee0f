// Reads the members of a tar archive in order.
//
// Lives here: names, offsets and sizes, in bytes.
//
// Not here:   what members mean (firmware/images/mender.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "firmware/peek.h"

namespace updraft::firmware::images {

struct TarMember {
    std::string name;
    std::int64_t at = 0;  // Offset of the content in the file.
    std::int64_t bytes = 0;
    std::int64_t next = 0;  // Offset of the next member's header.
};

// The member whose header is at offset `at`. Nothing at the end of the archive, and when there is
// no header with a correct checksum. Records that only describe the next member are skipped.
[[nodiscard]] std::optional<TarMember> tar_member(Peek& file, std::int64_t at);

// True when the archive ends at `at`: a block of zeros is there.
[[nodiscard]] bool is_tar_end(Peek& file, std::int64_t at);

}  // namespace updraft::firmware::images
