#include "ports/blobs.h"

#include <unistd.h>

namespace updraft {

OpenBlob::~OpenBlob() { ::close(descriptor_); }

}  // namespace updraft
