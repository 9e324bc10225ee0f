#include "app/system_minter.h"

#include <sodium.h>

#include <stdexcept>

namespace updraft::app {

SystemMinter::SystemMinter() {
    if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be initialised");
}

void SystemMinter::fill(std::span<std::uint8_t> bytes) {
    randombytes_buf(bytes.data(), bytes.size());
}

}  // namespace updraft::app
