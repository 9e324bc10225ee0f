// How many descriptors the process may have open: one for each connection and each download.
//
// Lives here: asking the system for as many as it grants.
// Not here:   the limit of connections ([limits] connections), which answers 503 above it.
#pragma once

#include <cstdint>

namespace updraft::app {

// Raises the soft limit to the hard one; answers what it is then. Without a limit: the largest
// number.
std::uint64_t raise_descriptor_limit();

}  // namespace updraft::app
