// Fuzzes the JSON readers. Every value that is read can be written, and reads back as the same
// value. The lenient reader reads all objects that the strict one reads, and reads them alike.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "json/lenient.h"
#include "json/reader.h"
#include "json/writer.h"

namespace {

using namespace updraft::json;

void write(Value const& value, Writer& writer) {
    if (auto const* text = value.string()) {
        writer.value(*text);
    } else if (auto const* number = value.number()) {
        writer.raw(number->digits);
    } else if (auto const* truth = value.boolean()) {
        writer.value(*truth);
    } else if (auto const* array = value.array()) {
        writer.array();
        for (auto const& element : *array) write(element, writer);
        writer.end();
    } else if (auto const* object = value.object()) {
        writer.object();
        for (auto const& [name, member] : object->members) {
            writer.key(name);
            write(member, writer);
        }
        writer.end();
    } else {
        writer.null();
    }
}

std::string written(Value const& value) {
    std::string text;
    Writer writer(text);
    write(value, writer);
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    std::string quoted;
    append_string(quoted, text);
    if (!read(quoted)) std::abort();
    auto const value = read(text);
    auto const lenient = read_object_leniently(text);
    if (lenient) {
        auto const clean = written(Value{*lenient});
        if (!read(clean)) std::abort();
        if (value && clean != written(*value)) std::abort();
    } else if (value && value->object() != nullptr) {
        std::abort();
    }
    if (!value) return 0;
    auto const once = written(*value);
    auto const again = read(once);
    if (!again || written(*again) != once) std::abort();
    if (auto const object = read_object(text)) {
        static_cast<void>(text_member(*object, "did"));
        static_cast<void>(whole_member(*object, "did"));
        static_cast<void>(truth_member(*object, "did"));
        static_cast<void>(array_member(*object, "did"));
    }
    return 0;
}
