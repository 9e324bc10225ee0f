#include "firmware/peek.h"

#include <algorithm>
#include <utility>

namespace updraft::firmware {
namespace {

constexpr std::size_t window_bytes = 4096;
// Every read counts as at least this many bytes, so that many tiny reads reach the limit as well.
constexpr std::size_t read_cost_min = 512;

}  // namespace

Peek::Peek(std::string_view content)
    : Peek(std::ssize(content), [content](std::int64_t offset, std::span<char> into) {
          auto const rest = content.substr(static_cast<std::size_t>(offset));
          auto const count = std::min(rest.size(), into.size());
          std::copy_n(rest.begin(), count, into.begin());
          return count;
      }) {}

std::string Peek::load(std::int64_t offset, std::size_t count) {
    auto const cost = std::max(count, read_cost_min);
    if (cost > allowance_) {
        allowance_ = 0;
        return {};
    }
    allowance_ -= cost;
    std::string loaded(count, '\0');
    loaded.resize(std::min(count, read_(offset, loaded)));
    return loaded;
}

std::string Peek::up_to(std::int64_t offset, std::size_t count) {
    if (offset < 0 || offset >= bytes_) return {};
    auto const left = static_cast<std::uint64_t>(bytes_ - offset);
    count = static_cast<std::size_t>(std::min<std::uint64_t>(count, left));
    auto const begin = offset - window_at_;
    auto const held = std::ssize(window_);
    if (begin >= 0 && begin <= held && std::cmp_less_equal(count, held - begin)) {
        return window_.substr(static_cast<std::size_t>(begin), count);
    }
    if (count > window_bytes) return load(offset, count);
    window_at_ = offset;
    window_ = load(offset, static_cast<std::size_t>(std::min<std::uint64_t>(window_bytes, left)));
    return window_.substr(0, count);
}

std::optional<std::string> Peek::exactly(std::int64_t offset, std::size_t count) {
    std::optional<std::string> found(up_to(offset, count));
    if (found->size() != count) found.reset();
    return found;
}

std::optional<std::string> Peek::text(std::int64_t offset, std::size_t count) {
    auto found = up_to(offset, count);
    auto const end = found.find('\0');
    if (end == std::string::npos) return std::nullopt;
    found.resize(end);
    return found;
}

}  // namespace updraft::firmware
