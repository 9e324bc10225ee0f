// A form that was sent in place of the file in it (curl -F): MIME lines stand around the file.
#include "firmware/images/readers.h"
#include "vocabulary/ascii.h"

namespace updraft::firmware::images {

std::optional<Image> read_form(Peek& file) {
    constexpr std::size_t boundary_line_bytes_max = 80;  // RFC 2046, 5.1.1: 70 and its marks.
    constexpr std::string_view field = "Content-Disposition:";
    auto const start = file.up_to(0, boundary_line_bytes_max + field.size());
    auto const end = start.find("\r\n");
    if (!start.starts_with("--") || end == std::string::npos) return std::nullopt;
    if (!same_name(std::string_view(start).substr(end + 2, field.size()), field)) {
        return std::nullopt;
    }
    Image image{.format = Format::raw, .version = {}, .facts = {}};
    image.tell_damage("wrapped in a form: MIME lines stand before and behind the file itself");
    return image;
}

}  // namespace updraft::firmware::images
