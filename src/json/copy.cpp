#include "json/copy.h"

namespace updraft::json {

// The reader has limited the depth.
void copy(Writer& writer, Value const& value) {
    if (auto const* const truth = value.boolean()) {
        writer.value(*truth);
    } else if (auto const* const number = value.number()) {
        writer.raw(number->digits);
    } else if (auto const* const text = value.string()) {
        writer.value(std::string_view(*text));
    } else if (auto const* const array = value.array()) {
        writer.array();
        for (auto const& entry : *array) copy(writer, entry);
        writer.end();
    } else if (auto const* const object = value.object()) {
        copy(writer, *object);
    } else {
        writer.null();
    }
}

void copy(Writer& writer, Object const& object) {
    writer.object();
    for (auto const& [name, value] : object.members) {
        writer.key(name);
        copy(writer, value);
    }
    writer.end();
}

}  // namespace updraft::json
