#include "admin/answer.h"

#include "text/base64.h"
#include "text/utf8.h"
#include "text/whole_number.h"

namespace updraft::admin {
namespace {

constexpr std::int64_t page_items_default = 50;
constexpr std::size_t cursor_bytes_max = 1024;

}  // namespace

http::Reply json_reply(int status, std::string body) {
    http::Reply reply;
    reply.status = status;
    reply.body = std::move(body);
    return reply;
}

http::Reply no_content() {
    http::Reply reply;
    reply.status = 204;
    reply.content_type = {};
    return reply;
}

void text_or_null(json::Writer& writer, std::string_view name, std::string_view text) {
    writer.key(name);
    if (text.empty()) {
        writer.null();
    } else {
        writer.value(text);
    }
}

void time_member(json::Writer& writer, std::string_view name, Instant at) {
    auto const text = rfc3339(at);
    writer.member(name, std::string_view(text));
}

void time_member(json::Writer& writer, std::string_view name, std::optional<Instant> at) {
    if (at) {
        time_member(writer, name, *at);
    } else {
        writer.key(name).null();
    }
}

Result<PageAsk> read_page_ask(http::Request const& request, std::string_view list) {
    PageAsk ask;
    ask.limit = page_items_default;
    if (auto const limit = text_parameter(request, "limit")) {
        ask.limit = text::read_whole(*limit).value_or(0);
        if (ask.limit < 1 || ask.limit > page_items_max) {
            return fail(Errc::invalid,
                        "limit must be a whole number from 1 to " + std::to_string(page_items_max));
        }
    }
    auto const cursor = text_parameter(request, "cursor");
    if (!cursor) return ask;
    auto const wrong = [] {
        return fail(Errc::invalid,
                    "cursor must be the nextCursor of this list, with the same filters");
    };
    if (cursor->size() > cursor_bytes_max) return wrong();
    auto const text = text::read_base64(*cursor, text::Base64::url_safe);
    auto const prefix = cursor_list(request, list) + ":";
    if (!text || !text->starts_with(prefix) || !text::is_utf8(*text)) return wrong();
    ask.after = text->substr(prefix.size());
    return ask;
}

std::string written_cursor(std::string_view list, std::string_view after) {
    return text::base64(std::string(list) + ":" + std::string(after), text::Base64::url_safe);
}

}  // namespace updraft::admin
