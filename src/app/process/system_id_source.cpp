#include "app/process/system_id_source.h"

#include <sodium.h>

#include <stdexcept>

namespace updraft::app {

SystemIdSource::SystemIdSource() {
    if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be initialised");
}

void SystemIdSource::fill(std::span<std::uint8_t> bytes) {
    randombytes_buf(bytes.data(), bytes.size());
}

}  // namespace updraft::app
