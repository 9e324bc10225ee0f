// A page of a list with long items, read and sent in parts: a client that does not read it holds
// little memory.
//
// Lives here: how many items are read at once, and writing them one after the other.
//
// Not here:   pages of short items (page_reply() in admin/answer.h), the members of each item (in
//             the files of its calls).
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "admin/answer.h"
#include "admin/context.h"
#include "admin/problem.h"
#include "http/on_store.h"

namespace updraft::admin {

// A part has about this size.
inline constexpr std::size_t page_part_bytes = 64 * 1024;
// Items of the first part; later parts have as many as fit into page_part_bytes.
inline constexpr std::int64_t first_part_items = 50;
inline constexpr std::int64_t part_items_max = 100;

// What differs between lists. Both functions own what they use.
template <class Item>
struct PageCalls {
    std::function<Result<Page<Item>>(Tx const&, PageAsk const&)> read;
    std::function<void(json::Writer&, Item const&)> write;
};

template <class Item>
class PageBody final : public http::BodySource {
public:
    // `list` is the list's name in cursors, as cursor_list() gives it.
    PageBody(Context& context, std::string request_id, std::string list, PageAsk ask,
             PageCalls<Item> calls)
        : context_(context),
          request_id_(std::move(request_id)),
          list_(std::move(list)),
          ask_(std::move(ask)),
          calls_(std::move(calls)) {}

    // Appends the next part to `out`; true when it was the last.
    http::asio::awaitable<Result<bool>> read_part(std::string& out) {
        PageAsk const part{
            .after = ask_.after, .limit = std::min(ask_.limit, part_items_), .looks = ask_.looks};
        auto read = [read = calls_.read, part](Tx const& tx) { return read(tx, part); };
        auto page = co_await http::on_store(context_.store, std::move(read));
        if (!page) co_return pass(page);
        co_return append(out, *page, part.limit);
    }

    http::asio::awaitable<Result<bool>> next(std::string& out) override {
        if (!first_.empty()) {
            out = std::exchange(first_, {});
            co_return false;
        }
        auto last = co_await read_part(out);
        if (!last && context_.trouble) context_.trouble(request_id_, last.error());
        co_return last;
    }

    // A part that was read already, and is sent before the others.
    void begin_with(std::string first) { first_ = std::move(first); }

private:
    // A page that is shorter than was asked for ends the whole one: reading on could take long.
    bool append(std::string& out, Page<Item> const& page, std::int64_t asked) {
        auto const before = out.size();
        if (!std::exchange(begun_, true)) out += R"({"items":[)";
        for (auto const& item : page.items) {
            if (std::exchange(any_, true)) out += ',';
            json::Writer writer(out);
            calls_.write(writer, item);
        }
        auto const count = std::ssize(page.items);
        auto const bytes_of_one =
            (out.size() - before) / std::max<std::size_t>(1, page.items.size());
        part_items_ = std::clamp<std::int64_t>(
            static_cast<std::int64_t>(page_part_bytes / std::max<std::size_t>(1, bytes_of_one)), 1,
            part_items_max);
        ask_.limit -= count;
        ask_.looks -= page.looked;
        ask_.after = page.next;
        if (page.next && ask_.limit > 0 && ask_.looks > 0 && count == asked) return false;
        out += R"(],"nextCursor":)";
        json::Writer writer(out);
        if (page.next) {
            writer.value(std::string_view(written_cursor(list_, *page.next)));
        } else {
            writer.null();
        }
        out += '}';
        return true;
    }

    Context& context_;
    std::string request_id_;
    std::string list_;
    PageAsk ask_;  // What is left of the page.
    PageCalls<Item> calls_;
    std::string first_;
    std::int64_t part_items_ = first_part_items;
    bool begun_ = false;
    bool any_ = false;
};

// {"items":[…],"nextCursor":…}. A page that fits into one part is sent with Content-Length.
template <class Item>
http::asio::awaitable<http::Reply> send_page(Context& context, http::Request const& request,
                                             std::string_view list, PageAsk ask,
                                             PageCalls<Item> calls) {
    auto body = std::make_unique<PageBody<Item>>(context, std::string(request.request_id),
                                                 cursor_list(request, list), std::move(ask),
                                                 std::move(calls));
    std::string first;
    auto const last = co_await body->read_part(first);
    if (!last) co_return failure(context, request, last.error());
    if (*last) co_return json_reply(200, std::move(first));
    body->begin_with(std::move(first));
    auto reply = json_reply(200, {});
    reply.body = std::move(body);
    co_return reply;
}

}  // namespace updraft::admin
