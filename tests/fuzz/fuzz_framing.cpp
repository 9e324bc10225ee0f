// Fuzzes the framing of requests. The bytes of a connection are cut into pieces: the head and the
// chunks must be the same for every cut, and no byte outside of the received ones may be read.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/framing.h"

namespace {

using namespace updraft::http;

// Replaces the identity header fields of the edges.
constexpr std::array<std::string_view, 2> identity_fields{"appid", "authorization"};

struct Reading {
    Progress head = Progress::more;
    std::size_t head_bytes = 0;
    Progress body = Progress::more;
    std::string target;
    std::string content;
    std::size_t fields = 0;

    bool operator==(Reading const&) const = default;
};

// A copy in memory of exactly that size, so that the sanitizer detects a read beyond it.
struct Arrived {
    explicit Arrived(std::string_view text) : bytes(new char[text.size()]), size(text.size()) {
        text.copy(bytes.get(), text.size());
    }
    [[nodiscard]] std::string_view view() const { return {bytes.get(), size}; }

    std::unique_ptr<char[]> bytes;
    std::size_t size;
};

Reading read_in_steps(std::string_view text, std::size_t step) {
    Reading reading;
    Framing framing(identity_fields);
    std::size_t given = 0;
    while (reading.head == Progress::more && given < text.size()) {
        given = std::min(text.size(), given + step);
        Arrived const so_far(text.substr(0, given));
        reading.head = framing.read_head(so_far.view());
        if (reading.head != Progress::done) continue;
        auto const head = framing.head(so_far.view());
        std::vector<Field> fields;
        framing.fields(so_far.view(), fields);
        reading.target = head.target;
        reading.fields = fields.size();
        reading.head_bytes = framing.head_bytes();
        if (!head.chunked) return reading;
    }
    if (reading.head != Progress::done) return reading;
    auto rest = text.substr(reading.head_bytes);
    while (reading.body == Progress::more && !rest.empty()) {
        Arrived const piece(rest.substr(0, step));
        auto const decoded = framing.read_chunks(piece.view(), reading.content);
        reading.body = decoded.progress;
        rest.remove_prefix(decoded.used);
        if (decoded.progress == Progress::more && decoded.used == 0) std::abort();
    }
    return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 1) return 0;
    std::string_view const text(reinterpret_cast<char const*>(data) + 1, size - 1);
    auto const whole = read_in_steps(text, text.size() + 1);
    auto const cut = read_in_steps(text, 1 + data[0] % 17);
    bool const both_good = whole.head == Progress::done && cut.head == Progress::done;
    if ((whole.head == Progress::done) != (cut.head == Progress::done)) std::abort();
    if (both_good && (whole.target != cut.target || whole.fields != cut.fields ||
                      whole.head_bytes != cut.head_bytes)) {
        std::abort();
    }
    if (both_good && (whole.body == Progress::done) != (cut.body == Progress::done)) std::abort();
    if (both_good && whole.body == Progress::done && whole.content != cut.content) std::abort();
    return 0;
}
