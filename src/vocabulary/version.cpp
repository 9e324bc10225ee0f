#include "vocabulary/version.h"

namespace updraft {

char const* program_version() { return UPDRAFT_VERSION; }

}  // namespace updraft
