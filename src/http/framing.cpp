#include "http/framing.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "http/head_texts.h"
#include "http/limits.h"
#include "vocabulary/ascii.h"

namespace updraft::http {
namespace {

Method method_of(std::uint8_t method) {
    switch (method) {
        case HTTP_GET:
            return Method::get;
        case HTTP_HEAD:
            return Method::head;
        case HTTP_POST:
            return Method::post;
        case HTTP_PUT:
            return Method::put;
        case HTTP_PATCH:
            return Method::patch;
        case HTTP_DELETE:
            return Method::del;
        case HTTP_OPTIONS:
            return Method::options;
        default:
            return Method::other;
    }
}

}  // namespace

// The parser's callbacks. They store offsets, not pointers, because the buffer may move between
// calls.
struct Framing::Callbacks {
    static Framing& self(llhttp_t* parser) { return *static_cast<Framing*>(parser->data); }

    static int on_method(llhttp_t* parser, char const*, std::size_t) {
        self(parser).method_seen_ = true;
        return 0;
    }
    static int on_target(llhttp_t* parser, char const* at, std::size_t size) {
        auto& framing = self(parser);
        framing.extend(framing.target_, at, size, framing.last_span_ != Span::target);
        framing.last_span_ = Span::target;
        return 0;
    }
    static int on_name(llhttp_t* parser, char const* at, std::size_t size) {
        auto& framing = self(parser);
        if (framing.head_done_) {
            if (framing.last_span_ != Span::name) framing.trailer_names_ += '\n';
            framing.trailer_names_.append(at, size);
            framing.last_span_ = Span::name;
            return on_trailer(framing, size);
        }
        bool const fresh = framing.last_span_ != Span::name;
        if (fresh && framing.fields_.size() == fields_max) {
            framing.refuse(431, "more than 100 header fields");
            return HPE_USER;
        }
        if (fresh) framing.fields_.emplace_back();
        framing.extend(framing.fields_.back().name, at, size, fresh);
        framing.last_span_ = Span::name;
        return 0;
    }
    static int on_value(llhttp_t* parser, char const* at, std::size_t size) {
        auto& framing = self(parser);
        if (framing.head_done_) {
            framing.last_span_ = Span::value;
            return on_trailer(framing, size);
        }
        framing.extend(framing.fields_.back().value, at, size, framing.last_span_ != Span::value);
        framing.last_span_ = Span::value;
        return 0;
    }
    static int on_trailer(Framing& framing, std::size_t size) {
        framing.trailer_bytes_ += size;
        return framing.trailer_bytes_ > trailer_bytes_max ? int{HPE_USER} : 0;
    }
    static int on_head(llhttp_t* parser) {
        self(parser).head_done_ = true;
        self(parser).last_span_ = Span::none;
        return HPE_PAUSED;
    }
    static int on_content(llhttp_t* parser, char const* at, std::size_t size) {
        auto& framing = self(parser);
        framing.content_->append(at, size);
        framing.content_bytes_ += size;
        return 0;
    }
    static int on_chunk(llhttp_t* parser) {
        auto& framing = self(parser);
        framing.chunk_line_bytes_ = 0;
        // At this point the parser's content_length is the size of the chunk.
        framing.announced_bytes_ =
            framing.content_bytes_ +
            std::min<std::uint64_t>(parser->content_length, UINT64_MAX - framing.content_bytes_);
        return 0;
    }
    static int on_extension(llhttp_t* parser, char const*, std::size_t size) {
        auto& framing = self(parser);
        framing.chunk_line_bytes_ += size;
        return framing.chunk_line_bytes_ > chunk_line_bytes_max ? int{HPE_USER} : 0;
    }
    static int on_end(llhttp_t* parser) {
        self(parser).message_done_ = true;
        return HPE_PAUSED;
    }

    static llhttp_settings_t const& settings() {
        static llhttp_settings_t const table = [] {
            llhttp_settings_t made;
            llhttp_settings_init(&made);
            made.on_method = on_method;
            made.on_url = on_target;
            made.on_header_field = on_name;
            made.on_header_value = on_value;
            made.on_headers_complete = on_head;
            made.on_body = on_content;
            made.on_chunk_header = on_chunk;
            made.on_chunk_extension_name = on_extension;
            made.on_chunk_extension_value = on_extension;
            made.on_message_complete = on_end;
            return made;
        }();
        return table;
    }
};

Framing::Framing(std::span<std::string_view const> identity_fields)
    : identity_fields_(
          identity_fields.first(std::min(identity_fields.size(), identity_fields_max))) {
    begin();
}

void Framing::begin() {
    llhttp_init(&parser_, HTTP_REQUEST, &Callbacks::settings());
    parser_.data = this;
    parsed_ = 0;
    head_bytes_ = 0;
    target_ = {};
    fields_.clear();
    last_span_ = Span::none;
    method_seen_ = head_done_ = message_done_ = expects_continue_ = false;
    chunk_line_bytes_ = trailer_bytes_ = 0;
    trailer_names_.clear();
    raw_body_bytes_ = content_bytes_ = announced_bytes_ = 0;
    host_ = request_id_ = content_encoding_ = content_length_field_ = transfer_encoding_ = -1;
    content_length_.reset();
}

void Framing::extend(Stretch& stretch, char const* at, std::size_t size, bool fresh) const {
    auto const begin = static_cast<std::uint32_t>(at - base_);
    if (fresh) stretch.begin = begin;
    stretch.size = begin + static_cast<std::uint32_t>(size) - stretch.begin;
}

Progress Framing::refuse(int status, std::string detail) {
    refusal_ = {status, std::move(detail)};
    return Progress::refused;
}

Progress Framing::read_head(std::string_view bytes) {
    base_ = bytes.data();
    auto const usable = bytes.substr(0, head_bytes_max);
    auto const fresh = usable.substr(parsed_);
    refusal_ = {};
    auto const outcome = llhttp_execute(&parser_, fresh.data(), fresh.size());
    if (outcome == HPE_PAUSED && head_done_) {
        head_bytes_ = static_cast<std::size_t>(llhttp_get_error_pos(&parser_) - base_);
        return check_head(bytes);
    }
    if (outcome != HPE_OK) {
        if (refusal_.status != 0) return Progress::refused;
        return refuse(400,
                      std::string("malformed request head: ") + llhttp_get_error_reason(&parser_));
    }
    parsed_ += fresh.size();
    if (target_.size > target_bytes_max) return refuse(414, "the target is longer than 8 KiB");
    if (parsed_ == head_bytes_max) return refuse(431, "the request head is longer than 16 KiB");
    return Progress::more;
}

Progress Framing::check_head(std::string_view bytes) {
    if (target_.size > target_bytes_max) return refuse(414, "the target is longer than 8 KiB");
    if (parser_.http_major != 1 || parser_.http_minor > 1) {
        return refuse(400, "only HTTP/1.1 and HTTP/1.0 are spoken here");
    }
    if (check_lines(bytes.substr(0, head_bytes_)) == Progress::refused) return Progress::refused;
    if (check_fields(bytes) == Progress::refused) return Progress::refused;
    if (check_body_framing(bytes) == Progress::refused) return Progress::refused;
    return check_target(bytes);
}

// Checks that each line ends in CR LF, and that no line continues the line before it.
Progress Framing::check_lines(std::string_view head) {
    std::size_t at = std::min<std::size_t>(target_.begin, head.size());
    while (at < head.size()) {
        auto const* const found =
            static_cast<char const*>(std::memchr(head.data() + at, '\n', head.size() - at));
        if (found == nullptr) break;
        auto const line_end = static_cast<std::size_t>(found - head.data());
        auto const* const carriage =
            static_cast<char const*>(std::memchr(head.data() + at, '\r', line_end - at));
        if (carriage == nullptr || carriage + 1 != found) {
            return refuse(400, "a line of the request head does not end in CR LF");
        }
        at = line_end + 1;
        if (at < head.size() && (head[at] == ' ' || head[at] == '\t')) {
            return refuse(400, "a header field is folded over two lines");
        }
    }
    return Progress::done;
}

Progress Framing::check_fields(std::string_view bytes) {
    std::array<bool, identity_fields_max> seen{};
    auto const once = [&](int& slot, std::size_t index) {
        bool const first = slot < 0;
        slot = static_cast<int>(index);
        return first;
    };
    // Of several fields the first that names an encoding counts.
    auto const encoding = [&](std::size_t index) {
        bool const encoded =
            content_encoding_ >= 0 && !is_identity(value_of(content_encoding_, bytes));
        if (!encoded) content_encoding_ = static_cast<int>(index);
    };
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        auto const name = fields_[i].name.in(bytes);
        if (name.empty()) return refuse(400, "a header field has no name");
        auto const after = fields_[i].name.begin + fields_[i].name.size;
        if (bytes[after] != ':') return refuse(400, "white space before the colon of a field");

        bool good = true;
        switch (name.size()) {  // Comparing the size first avoids most comparisons of text.
            case 4:
                if (same_name(name, "host")) good = once(host_, i);
                break;
            case 6:
                if (same_name(name, "expect")) {
                    expects_continue_ =
                        same_name(trimmed(fields_[i].value.in(bytes)), "100-continue");
                }
                break;
            case 12:
                if (same_name(name, "x-request-id")) once(request_id_, i);
                break;
            case 14:
                if (same_name(name, "content-length")) good = once(content_length_field_, i);
                break;
            case 16:
                if (same_name(name, "content-encoding")) encoding(i);
                break;
            case 17:
                if (same_name(name, "transfer-encoding")) good = once(transfer_encoding_, i);
                break;
            default:
                break;
        }
        for (std::size_t k = 0; k < identity_fields_.size(); ++k) {
            if (!same_name(name, identity_fields_[k])) continue;
            good = !seen[k];
            seen[k] = true;
        }
        if (!good) return refuse(400, "the header " + std::string(name) + " was given twice");
    }
    if (host_ < 0 && parser_.http_minor == 1) return refuse(400, "the header Host is missing");
    if (host_ >= 0) {
        if (!is_host(value_of(host_, bytes))) return refuse(400, "the header Host is not a host");
    }
    return Progress::done;
}

Progress Framing::check_body_framing(std::string_view bytes) {
    if (transfer_encoding_ >= 0) {
        if (!same_name(value_of(transfer_encoding_, bytes), "chunked")) {
            return refuse(400, "the only Transfer-Encoding understood is chunked");
        }
        if (content_length_field_ >= 0) {
            return refuse(400, "Content-Length beside Transfer-Encoding");
        }
        if (parser_.http_minor == 0) return refuse(400, "HTTP/1.0 has no Transfer-Encoding");
    }
    if (content_length_field_ >= 0) {
        content_length_ = read_length(value_of(content_length_field_, bytes));
        if (!content_length_) return refuse(400, "Content-Length is not a length");
    }
    return Progress::done;
}

Progress Framing::check_target(std::string_view bytes) {
    auto const target = target_.in(bytes);
    if (target.find('#') != std::string_view::npos) {
        return refuse(400, "the target has a fragment");
    }
    if (std::ranges::any_of(target, [](char c) { return c <= ' ' || c >= '\x7f'; })) {
        return refuse(400, "the target holds bytes that must be percent-encoded");
    }
    if (auto const authority = authority_of(target)) {
        auto const host = host_ < 0 ? std::string_view{} : value_of(host_, bytes);
        if (!same_name(*authority, host)) {
            return refuse(400, "the target names another host than Host");
        }
    }
    if (!without_authority(target).starts_with('/')) {
        return refuse(400, "the target is not a path");
    }
    return Progress::done;
}

std::string_view Framing::value_of(int index, std::string_view bytes) const {
    return trimmed(fields_[static_cast<std::size_t>(index)].value.in(bytes));
}

Head Framing::head(std::string_view bytes) const {
    Head head;
    head.method = method_of(parser_.method);
    head.target = target_.in(bytes);
    auto const local = without_authority(head.target);
    auto const mark = local.find('?');
    head.path = local.substr(0, mark);
    if (mark != std::string_view::npos) head.query = local.substr(mark + 1);

    if (request_id_ >= 0 && is_request_id(value_of(request_id_, bytes))) {
        head.request_id = value_of(request_id_, bytes);
    }
    if (content_encoding_ >= 0) head.content_encoding = value_of(content_encoding_, bytes);
    head.content_length = content_length_;
    head.minor_version = parser_.http_minor;
    head.chunked = transfer_encoding_ >= 0;
    bool const close = (parser_.flags & F_CONNECTION_CLOSE) != 0;
    bool const keep = (parser_.flags & F_CONNECTION_KEEP_ALIVE) != 0;
    head.keep_alive = !close && (parser_.http_minor == 1 || keep);
    head.expects_continue = expects_continue_ && parser_.http_minor == 1;
    return head;
}

std::optional<std::string_view> Framing::request_id_of_refused(std::string_view bytes) const {
    // In an unfinished head the last field may be incomplete.
    auto const whole = head_done_ || fields_.empty() ? fields_.size() : fields_.size() - 1;
    for (std::size_t i = 0; i < whole; ++i) {
        if (!same_name(fields_[i].name.in(bytes), "x-request-id")) continue;
        auto const value = trimmed(fields_[i].value.in(bytes));
        if (is_request_id(value)) return value;
    }
    return std::nullopt;
}

void Framing::fields(std::string_view bytes, std::vector<Field>& into) const {
    into.clear();
    into.reserve(fields_.size());
    for (auto const& field : fields_) {
        into.push_back({field.name.in(bytes), trimmed(field.value.in(bytes))});
    }
}

Framing::Decoded Framing::read_chunks(std::string_view bytes, std::string& content) {
    if (message_done_) return {Progress::done, 0};
    content_ = &content;
    if (llhttp_get_errno(&parser_) == HPE_PAUSED) llhttp_resume(&parser_);
    auto const outcome = llhttp_execute(&parser_, bytes.data(), bytes.size());
    content_ = nullptr;
    auto const used = outcome == HPE_OK
                          ? bytes.size()
                          : static_cast<std::size_t>(llhttp_get_error_pos(&parser_) - bytes.data());
    raw_body_bytes_ += used;
    if (outcome == HPE_PAUSED && message_done_) return {Progress::done, used};
    if (outcome != HPE_OK) return {refuse(400, "the chunked body is malformed"), used};
    // Limits the framing bytes in proportion to the content, against bodies of very many tiny
    // chunks.
    if (raw_body_bytes_ - content_bytes_ > chunk_framing_slack_bytes + 16 * content_bytes_) {
        return {refuse(400, "the chunked body is nearly all framing"), used};
    }
    return {Progress::more, used};
}

}  // namespace updraft::http
