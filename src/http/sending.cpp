// How a connection sends the three kinds of body.
#include <array>
#include <charconv>

#include "http/connection.h"

namespace updraft::http {
namespace {

// Calls on_end exactly once, also when the connection is destroyed while sending.
class Ending {
public:
    Ending(FileBody& body, FileBody::Unacknowledged const& unacknowledged)
        : body_(body), unacknowledged_(unacknowledged) {}
    ~Ending() {
        if (body_.on_end) body_.on_end(complete, unacknowledged_);
    }
    Ending(Ending const&) = delete;
    Ending& operator=(Ending const&) = delete;

    bool complete = false;

private:
    FileBody& body_;
    FileBody::Unacknowledged const& unacknowledged_;
};

std::uint64_t bytes_of(FileBody const& body) {
    std::uint64_t bytes = 0;
    for (auto const& piece : body.pieces) {
        bytes += piece.text.empty() ? piece.bytes : piece.text.size();
    }
    return bytes;
}

bool has_no_body(int status) { return status == 204 || status == 304 || status < 200; }

void append_chunk_size(std::string& out, std::size_t bytes) {
    std::array<char, 16> digits{};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), bytes, 16).ptr;
    out.append(digits.data(), end);
    out += "\r\n";
}

}  // namespace

ReplyFrame Connection::frame_for(Head const& head, bool keep) const {
    ReplyFrame frame;
    frame.request_id = {request_id_.data(), request_id_size_};
    frame.date = lane_.ticker.date();
    frame.minor_version = head.minor_version;
    frame.keep_alive = keep;
    frame.secure = wire_.secure();
    return frame;
}

// Small replies are only appended to output_, which is written before the connection waits for more
// bytes.
bool Connection::put_small(Reply& reply, Head const& head, bool keep) {
    auto const* const text = std::get_if<std::string>(&reply.body);
    if (text == nullptr || text->size() > small_body_bytes_max ||
        output_.size() > pipelined_output_bytes_max || has_no_body(reply.status)) {
        return false;
    }
    auto frame = frame_for(head, keep);
    frame.bytes = text->size();
    append_reply_head(output_, reply, frame);
    if (head.method == Method::head) return true;
    body_bytes_sent_ = text->size();
    output_ += *text;
    return true;
}

asio::awaitable<bool> Connection::send(Reply& reply, Head const& head, bool keep) {
    if (output_.size() > pipelined_output_bytes_max && !co_await flush()) co_return false;
    if (put_small(reply, head, keep)) co_return true;
    auto frame = frame_for(head, keep);
    if (has_no_body(reply.status)) {
        frame.length = Length::absent;
        append_reply_head(output_, reply, frame);
        co_return true;
    }
    if (auto* const text = std::get_if<std::string>(&reply.body)) {
        frame.bytes = text->size();
        append_reply_head(output_, reply, frame);
        if (head.method == Method::head) co_return true;
        body_bytes_sent_ = text->size();
        bool const sent = co_await wire_.write(output_, *text);
        output_.clear();
        co_return sent;
    }
    if (auto* const file = std::get_if<FileBody>(&reply.body)) {
        frame.bytes = bytes_of(*file);
        append_reply_head(output_, reply, frame);
        co_return co_await send_file_body(*file, head);
    }
    co_return co_await send_source(reply, frame, head);
}

asio::awaitable<bool> Connection::send_file_body(FileBody& body, Head const& head) {
    FileBody::Unacknowledged const unacknowledged = [this] { return wire_.unacknowledged(); };
    Ending ending(body, unacknowledged);
    if (head.method == Method::head) co_return true;
    Wire::OnSent const count = [this, &body, &unacknowledged](std::uint64_t bytes) {
        body_bytes_sent_ += bytes;
        if (body.on_sent) body.on_sent(bytes, unacknowledged);
    };
    for (auto const& piece : body.pieces) {
        if (!piece.text.empty()) {
            output_ += piece.text;
            body_bytes_sent_ += piece.text.size();
            continue;
        }
        if (!co_await flush()) co_return false;
        if (!co_await wire_.send_file(body.descriptor, piece.offset, piece.bytes, count)) {
            co_return false;
        }
    }
    bool const sent = co_await flush();
    if (!sent) co_return false;
    ending.complete = !body.on_sent || co_await wire_.acknowledged(count);
    co_return ending.complete;
}

asio::awaitable<bool> Connection::send_source(Reply& reply, ReplyFrame frame, Head const& head) {
    auto& source = *std::get<std::unique_ptr<BodySource>>(reply.body);
    std::string piece;
    auto last = co_await source.next(piece);
    if (!last) {
        // Nothing of this reply was sent yet, so an error can still be answered.
        int const status = last.error().code == Errc::unavailable ? 503 : 500;
        auto told = trouble_inside(head.path, status, last.error());
        reply.status = told.status;
        co_return co_await send(told, head, frame.keep_alive);
    }
    auto const announced = *last ? std::optional<std::uint64_t>(piece.size()) : source.bytes();
    bool const chunks = head.minor_version > 0;
    frame.bytes = announced.value_or(0);
    frame.length = announced ? Length::known : chunks ? Length::chunked : Length::until_close;
    if (frame.length == Length::until_close) frame.keep_alive = false;
    append_reply_head(output_, reply, frame);
    if (head.method == Method::head) co_return true;
    while (true) {
        body_bytes_sent_ += piece.size();
        if (announced && (*last ? body_bytes_sent_ != *announced : body_bytes_sent_ > *announced)) {
            co_return false;
        }
        bool const framed = frame.length == Length::chunked && !piece.empty();
        if (framed) append_chunk_size(output_, piece.size());
        bool const sent = co_await wire_.write(output_, piece);
        output_.clear();
        if (!sent) co_return false;
        if (framed) output_ += "\r\n";
        if (*last) break;
        piece.clear();
        last = co_await source.next(piece);
        if (!last) co_return false;
    }
    if (frame.length == Length::chunked) output_ += "0\r\n\r\n";
    // Without chunks, the peer recognises the end of the body by the end of the connection.
    if (frame.length == Length::until_close) reply.close = true;
    co_return co_await flush();
}

bool Connection::flush_at_once() {
    if (output_.empty()) return true;
    auto const rest = wire_.write_at_once(output_);
    if (!rest.empty()) {
        output_.erase(0, output_.size() - rest.size());
        return false;
    }
    if (output_.capacity() > small_body_bytes_max) {
        std::string().swap(output_);  // An assignment would keep the memory.
    } else {
        output_.clear();
    }
    return true;
}

asio::awaitable<bool> Connection::flush() {
    if (flush_at_once()) co_return true;
    bool const sent = co_await wire_.write(output_);
    std::string().swap(output_);
    co_return sent;
}

asio::awaitable<bool> Connection::say_continue() {
    output_ += "HTTP/1.1 100 Continue\r\n\r\n";
    return flush();
}

}  // namespace updraft::http
