// The limit of open file descriptors: each connection and each download needs one.
//
// Lives here: raising the limit as far as the system allows.
//
// Not here:   the limit of connections ([limits] connections), which answers 503 above it.
#pragma once

#include <cstdint>

namespace updraft::app {

// Raises the soft limit to the hard one, and answers the soft limit; the largest number when there
// is no limit.
std::uint64_t raise_descriptor_limit();

}  // namespace updraft::app
