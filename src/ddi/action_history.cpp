#include "ddi/action_history.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

#include "ddi/reply.h"
#include "http/on_store.h"
#include "json/writer.h"
#include "ports/timelines_table.h"
#include "text/whole_number.h"

namespace updraft::ddi {
namespace {

constexpr std::int64_t part_texts_max = 1'000;
constexpr std::string_view after_texts = "]}}";

Result<HistoryPart> read_part(Tx const& tx, HistoryPart part) {
    TimelineTextsAsk ask;
    ask.limit = part.left < 0 ? part_texts_max : std::min(part.left, part_texts_max);
    if (part.before) ask.before = *part.before;
    TRY_ASSIGN(auto const texts, tx.timelines().texts(part.upgrade, ask));
    part.text.clear();
    std::size_t bytes = 0;
    for (auto const& [number, text] : texts) {
        bytes += text.size();
        part.text += ',';
        json::append_string(part.text, text);
        part.before = number;
    }
    if (part.left > 0) part.left -= std::ssize(texts);
    bool const exhausted = std::ssize(texts) < ask.limit && bytes < ask.bytes_max;
    if (exhausted || part.left == 0) part.before.reset();
    return part;
}

http::asio::awaitable<Result<HistoryPart>> next_part(Store& store, HistoryPart part) {
    // Other connections of this thread run between two parts.
    auto const executor = co_await http::asio::this_coro::executor;
    co_await http::asio::post(executor, http::asio::use_awaitable);
    auto read = [part = std::move(part)](Tx const& tx) { return read_part(tx, part); };
    co_return co_await http::on_store(store, std::move(read));
}

// The texts without the first comma.
std::string_view elements(HistoryPart const& part, bool is_first) {
    std::string_view const text = part.text;
    return is_first && !text.empty() ? text.substr(1) : text;
}

class HistoryBody final : public http::BodySource {
public:
    HistoryBody(Store& store, std::string before, HistoryPart first, std::uint64_t bytes)
        : store_(store), before_(std::move(before)), part_(std::move(first)), bytes_(bytes) {}

    [[nodiscard]] std::optional<std::uint64_t> bytes() const override { return bytes_; }

    http::asio::awaitable<Result<bool>> next(std::string& out) override {
        bool const is_first = !began_;
        began_ = true;
        if (is_first) {
            out += before_;
        } else {
            auto read = co_await next_part(store_, std::move(part_));
            if (!read) co_return pass(read);
            part_ = *std::move(read);
        }
        out += elements(part_, is_first);
        bool const last = !part_.before;
        if (last) out += after_texts;
        co_return last;
    }

private:
    Store& store_;
    std::string before_;
    HistoryPart part_;
    std::uint64_t bytes_;
    bool began_ = false;
};

}  // namespace

Result<HistoryWish> read_history_wish(http::Request const& request) {
    auto const asked = request.parameter("actionHistory");
    if (!asked || asked->empty()) return HistoryWish{};
    auto const messages = text::read_whole(*asked);
    if (!messages || *messages < -1) {
        return fail(Errc::invalid, "actionHistory must be a number of messages, or -1 for all");
    }
    return HistoryWish{*messages};
}

Result<HistoryPart> first_history_part(Tx const& tx, UpgradeId id, HistoryWish wish) {
    if (wish.messages == 0) return HistoryPart{};
    return read_part(tx, {.text = {}, .upgrade = id, .left = wish.messages, .before = {}});
}

http::asio::awaitable<Result<http::Reply>> answer_with_history(Context& context,
                                                               http::Request const& request,
                                                               std::string before,
                                                               HistoryPart first) {
    auto& store = context.channel.store;
    auto reply = answer(request, std::move(before));
    auto& body = std::get<std::string>(reply.body);
    if (!first.before) {
        body += elements(first, true);
        body += after_texts;
        co_return reply;
    }
    auto bytes = body.size() + elements(first, true).size() + after_texts.size();
    for (auto part = first; part.before;) {
        auto next = co_await next_part(store, std::move(part));
        if (!next) co_return pass(next);
        part = *std::move(next);
        bytes += part.text.size();
    }
    auto text = std::move(body);
    reply.body = std::make_unique<HistoryBody>(store, std::move(text), std::move(first), bytes);
    co_return reply;
}

}  // namespace updraft::ddi
