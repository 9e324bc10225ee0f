#include "http/reply_head.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "text/clean_text.h"

namespace updraft::http {
namespace {

struct Reason {
    int status;
    std::string_view phrase;
};

constexpr auto reasons = std::to_array<Reason>({
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {507, "Insufficient Storage"},
});

void append_number(std::string& out, std::uint64_t number) {
    std::array<char, 24> digits{};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

bool is_dropped(char c) { return c != '\t' && text::is_control(c); }

void append_clean(std::string& out, std::string_view text) {
    if (std::none_of(text.begin(), text.end(), is_dropped)) {
        out += text;
        return;
    }
    std::copy_if(text.begin(), text.end(), std::back_inserter(out),
                 [](char c) { return !is_dropped(c); });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    append_clean(out, name);
    out += ": ";
    append_clean(out, value);
    out += "\r\n";
}

constexpr std::string_view sniffing_off = "X-Content-Type-Options: nosniff\r\n";
constexpr std::string_view sniffing_and_storing_off =
    "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n";
constexpr std::string_view only_by_tls = "Strict-Transport-Security: max-age=31536000\r\n";

// Appends a field whose value cannot contain a control character, so it is not checked.
void append_ours(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += value;
    out += "\r\n";
}

}  // namespace

std::string_view reason_phrase(int status) {
    auto const found = std::find_if(reasons.begin(), reasons.end(),
                                    [&](Reason const& reason) { return reason.status == status; });
    return found == reasons.end() ? std::string_view{"-"} : found->phrase;
}

void append_reply_head(std::string& out, Reply const& reply, ReplyFrame const& frame) {
    if (reply.status == 200) {
        out += "HTTP/1.1 200 OK\r\n";
    } else {
        out += "HTTP/1.1 ";
        append_number(out, static_cast<std::uint64_t>(reply.status));
        out += ' ';
        out += reason_phrase(reply.status);
        out += "\r\n";
    }
    if (!frame.date.empty()) append_ours(out, "Date: ", frame.date);
    if (frame.length != Length::absent && !reply.content_type.empty()) {
        append_field(out, "Content-Type", reply.content_type);
    }
    if (frame.length == Length::known) {
        out += "Content-Length: ";
        append_number(out, frame.bytes);
        out += "\r\n";
    }
    if (frame.length == Length::chunked) out += "Transfer-Encoding: chunked\r\n";
    append_ours(out, "X-Request-Id: ", frame.request_id);
    out += reply.may_be_stored ? sniffing_off : sniffing_and_storing_off;
    if (frame.secure) out += only_by_tls;
    for (auto const& [name, value] : reply.fields) append_field(out, name, value);
    if (!frame.keep_alive) {
        out += "Connection: close\r\n";
    } else if (frame.minor_version == 0) {
        out += "Connection: keep-alive\r\n";
    }
    out += "\r\n";
}

}  // namespace updraft::http
