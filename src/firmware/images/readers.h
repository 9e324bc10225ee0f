// The readers of firmware formats, one function each.
//
// Lives here: their declarations. A reader answers nothing when the file does not have its format,
//             otherwise what it could read. In a truncated or malformed file it reads less and
//             tells the damage, if the file has what is needed to see it; it never fails.
//
// Not here:   the order in which they are tried (firmware/inspect.cpp).
#pragma once

#include <optional>

#include "firmware/image.h"
#include "firmware/peek.h"

namespace updraft::firmware::images {

using Reader = std::optional<Image> (*)(Peek& file);

[[nodiscard]] std::optional<Image> read_swu(Peek& file);
[[nodiscard]] std::optional<Image> read_rauc(Peek& file);
// A squashfs that ends before its file system does, such as the first part of a RAUC bundle; of the
// format raw. Nothing for a whole squashfs.
[[nodiscard]] std::optional<Image> read_cut_squashfs(Peek& file);
[[nodiscard]] std::optional<Image> read_mender(Peek& file);
[[nodiscard]] std::optional<Image> read_zigbee(Peek& file);
// A Zigbee image whose header is not at the beginning of the file, as in the containers of some
// manufacturers.
[[nodiscard]] std::optional<Image> read_zigbee_container(Peek& file);
[[nodiscard]] std::optional<Image> read_esp_idf(Peek& file);
[[nodiscard]] std::optional<Image> read_mcuboot(Peek& file);
[[nodiscard]] std::optional<Image> read_fit(Peek& file);
[[nodiscard]] std::optional<Image> read_uimage(Peek& file);
[[nodiscard]] std::optional<Image> read_elf(Peek& file);

// A form (multipart/form-data) that contains the file; of the format raw, and damaged.
[[nodiscard]] std::optional<Image> read_form(Peek& file);

}  // namespace updraft::firmware::images
