// The good answers: JSON objects, pages of lists, and nothing at all.
//
// Lives here: statuses and shapes that every list and object of this edge shares.
// Not here:   which members an object has (beside its endpoints), trouble (admin/problem.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/exchange.h"
#include "json/writer.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"
#include "vocabulary/page.h"

namespace updraft::admin {

// `body` is JSON already.
[[nodiscard]] http::Reply json_reply(int status, std::string body);
[[nodiscard]] http::Reply no_content();

// Absent values are null (contract of every object of this edge), an empty text counts as absent.
void text_or_null(json::Writer& writer, std::string_view name, std::string_view text);
void time_member(json::Writer& writer, std::string_view name, Instant at);
void time_member(json::Writer& writer, std::string_view name, std::optional<Instant> at);
template <class Tag>
void name_or_null(json::Writer& writer, std::string_view member,
                  std::optional<Name<Tag>> const& name) {
    text_or_null(writer, member, name ? std::string_view(name->value) : std::string_view());
}

// A list's page from the store, asked for by `limit` and `cursor`. `list` names the list: a cursor
// of one list is refused by another. Errc::invalid naming the parameter.
[[nodiscard]] Result<PageAsk> read_page_ask(http::Request const& request, std::string_view list);
[[nodiscard]] std::string written_cursor(std::string_view list, std::string_view after);

// {"items":[…],"nextCursor":…}; `write(writer, item)` writes one item.
template <class Item, class Write>
http::Reply page_reply(Page<Item> const& page, std::string_view list, Write const& write) {
    std::string body;
    json::Writer writer(body);
    writer.object().key("items").array();
    for (auto const& item : page.items) write(writer, item);
    writer.end();
    writer.key("nextCursor");
    if (page.next) {
        writer.value(std::string_view(written_cursor(list, *page.next)));
    } else {
        writer.null();
    }
    writer.end();
    return json_reply(200, std::move(body));
}

}  // namespace updraft::admin
