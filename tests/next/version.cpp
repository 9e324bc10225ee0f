#include "vocabulary/version.h"

namespace updraft {

char const* program_version() { return UPDRAFT_VERSION "-next"; }

}  // namespace updraft
