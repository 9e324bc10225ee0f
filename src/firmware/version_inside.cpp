#include "firmware/version_inside.h"

#include "json/reader.h"

namespace updraft::firmware {

VersionInside read_version_inside(std::string_view image) {
    if (image.empty()) return {};
    auto const object = json::read_object(image);
    if (!object) return {};
    auto const format = json::text_member(*object, "format");
    auto const version = json::text_member(*object, "version");
    if (!format || !*format || !version || !*version) return {};
    return {**format, **version};
}

}  // namespace updraft::firmware
