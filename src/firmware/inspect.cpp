#include "firmware/inspect.h"

#include <array>

#include "firmware/images/readers.h"
#include "json/writer.h"

namespace updraft::firmware {
namespace {

// Formats with a magic number first. An encrypted RAUC bundle is recognised only by the signature
// at the end of the file, and a Zigbee image in a container only by its header somewhere near the
// beginning.
constexpr auto readers = std::to_array<images::Reader>({
    images::read_swu,
    images::read_mender,
    images::read_zigbee,
    images::read_esp_idf,
    images::read_mcuboot,
    images::read_fit,
    images::read_uimage,
    images::read_elf,
    images::read_rauc,
    images::read_cut_squashfs,
    images::read_form,
    images::read_zigbee_container,
});

}  // namespace

Image inspect(Peek& file) {
    for (auto const read : readers) {
        if (auto image = read(file)) return *std::move(image);
    }
    return {};
}

std::string image_json(Image const& image) {
    std::string text;
    json::Writer writer(text);
    writer.object().member("format", word(image.format));
    if (image.version) writer.member("version", *image.version);
    if (image.damage) writer.member("damage", *image.damage);
    for (auto const& fact : image.facts) writer.key(fact.name).raw(fact.json);
    writer.end();
    return text;
}

}  // namespace updraft::firmware
