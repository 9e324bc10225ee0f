#include "firmware/stored_image.h"

#include <algorithm>

#include "json/reader.h"

namespace updraft::firmware {

StoredImage read_stored_image(std::string_view image) {
    StoredImage stored;
    if (image.empty()) return stored;
    auto const object = json::read_object(image);
    if (!object) return stored;
    if (auto damage = json::text_member(*object, "damage")) stored.damage = *std::move(damage);
    auto const format = json::text_member(*object, "format");
    if (!format || !*format) return stored;
    auto const found = std::ranges::find(format_words, std::string_view(**format));
    if (found != format_words.end()) {
        stored.format = static_cast<Format>(found - format_words.begin());
    }
    return stored;
}

}  // namespace updraft::firmware
