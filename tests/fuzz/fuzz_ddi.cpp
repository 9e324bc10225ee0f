// Fuzzes what devices send: Range headers and feedback bodies. Every input is read or refused,
// ranges never add up to more than the file, and texts are UTF-8 without NULs.
#include <cstdlib>
#include <string>

#include "ddi/wording.h"
#include "http/ranges.h"
#include "text/percent.h"
#include "text/utf8.h"

using namespace updraft;

namespace {

// A text that the store can hold.
void check(std::string_view text) {
    if (!text::is_utf8(text) || text.find('\0') != std::string_view::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string_view const input(reinterpret_cast<char const*>(data), size);
    constexpr std::uint64_t file_bytes = 1'000;
    auto const wanted = http::read_ranges(input, file_bytes);
    std::uint64_t asked = 0;
    for (auto const& stretch : wanted.stretches) {
        if (stretch.first > stretch.last || stretch.last >= file_bytes) std::abort();
        asked += stretch.bytes();
    }
    if (asked > file_bytes || wanted.stretches.size() > http::ranges_max) std::abort();

    auto const report = ddi::read_report(input);
    if (!report && report.error().code != Errc::invalid) std::abort();
    if (report) {
        for (auto const& text : report->texts) check(text);
    }
    auto const cancel = ddi::read_cancel_report(input);
    if (cancel.has_value() != report.has_value()) std::abort();
    auto const description = ddi::read_config_data(input);
    if (!description && description.error().code != Errc::invalid) std::abort();
    if (description) {
        for (auto const& [key, value] : description->attributes) {
            check(key);
            check(value);
        }
    }
    (void)ddi::preferred_media(input);
    (void)ddi::read_id(input);
    if (text::percent_encoded(input).find('/') != std::string::npos) std::abort();
    return 0;
}
