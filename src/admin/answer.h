// Successful replies: a JSON object, a page of a list, or no content.
//
// Lives here: what all lists and objects of this edge have in common.
//
// Not here:   the members of each object (in the files of its calls), errors (admin/problem.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "admin/query.h"
#include "http/exchange.h"
#include "json/writer.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"
#include "vocabulary/page.h"

namespace updraft::admin {

// `body` is JSON.
[[nodiscard]] http::Reply json_reply(int status, std::string body);
[[nodiscard]] http::Reply no_content();

// Absent values are written as null, in all objects of this edge. An empty text counts as absent.
void text_or_null(json::Writer& writer, std::string_view name, std::string_view text);
void time_member(json::Writer& writer, std::string_view name, Instant at);
void time_member(json::Writer& writer, std::string_view name, std::optional<Instant> at);
template <class Tag>
void name_or_null(json::Writer& writer, std::string_view member,
                  std::optional<Name<Tag>> const& name) {
    text_or_null(writer, member, name ? std::string_view(name->value) : std::string_view());
}

inline constexpr std::int64_t page_items_max = 500;

// Reads the parameters `limit` and `cursor`. `list` is the list's name: a cursor of another list,
// or of the same list with other filters, is refused. Errc::invalid names the parameter.
[[nodiscard]] Result<PageAsk> read_page_ask(http::Request const& request, std::string_view list);
// `list` is the name that cursor_list() (admin/query.h) gives the list.
[[nodiscard]] std::string written_cursor(std::string_view list, std::string_view after);

// {"items":[…],"nextCursor":…}, the answer to `request`; `write(writer, item)` writes one item.
template <class Item, class Write>
http::Reply page_reply(http::Request const& request, Page<Item> const& page, std::string_view list,
                       Write const& write) {
    std::string body;
    json::Writer writer(body);
    writer.object().key("items").array();
    for (auto const& item : page.items) write(writer, item);
    writer.end();
    writer.key("nextCursor");
    if (page.next) {
        writer.value(std::string_view(written_cursor(cursor_list(request, list), *page.next)));
    } else {
        writer.null();
    }
    writer.end();
    return json_reply(200, std::move(body));
}

}  // namespace updraft::admin
