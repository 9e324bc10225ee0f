// Fuzzes the readers of firmware files. Every file is recognised or not, within the read limit, and
// the description is valid JSON.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "firmware/agreement.h"
#include "firmware/inspect.h"
#include "json/reader.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace updraft;
    std::string_view const bytes(reinterpret_cast<char const*>(data), size);
    std::size_t read = 0;
    firmware::Peek file(std::ssize(bytes), [&](std::int64_t offset, std::span<char> into) {
        if (offset < 0 || offset >= std::ssize(bytes)) std::abort();
        auto const got = bytes.substr(static_cast<std::size_t>(offset), into.size());
        std::ranges::copy(got, into.begin());
        read += into.size();
        return got.size();
    });
    auto const image = firmware::inspect(file);
    if (read > firmware::Peek::allowance_bytes) std::abort();
    auto const said = firmware::image_json(image);
    if (!json::read_object(said)) std::abort();
    static_cast<void>(firmware::contradiction(said, {"1.0"}));
    return 0;
}
