// The formats that firmware comes in, a reader each.
//
// Lives here: their names. Every one answers nothing when the file is not of its format, and else
//             what it could read; a file that breaks off or lies just says less.
// Not here:   the order they are tried in (firmware/inspect.cpp).
#pragma once

#include <optional>

#include "firmware/image.h"
#include "firmware/peek.h"

namespace updraft::firmware::images {

using Reader = std::optional<Image> (*)(Peek& file);

[[nodiscard]] std::optional<Image> read_swu(Peek& file);
[[nodiscard]] std::optional<Image> read_rauc(Peek& file);
[[nodiscard]] std::optional<Image> read_mender(Peek& file);
[[nodiscard]] std::optional<Image> read_zigbee(Peek& file);
[[nodiscard]] std::optional<Image> read_esp_idf(Peek& file);
[[nodiscard]] std::optional<Image> read_mcuboot(Peek& file);
[[nodiscard]] std::optional<Image> read_fit(Peek& file);
[[nodiscard]] std::optional<Image> read_uimage(Peek& file);
[[nodiscard]] std::optional<Image> read_elf(Peek& file);

}  // namespace updraft::firmware::images
