// How a connection reads bodies whole, and drops those that nobody wants.
#include <algorithm>

#include "http/connection.h"
#include "http/limits.h"
#include "http/streamed_body.h"

namespace updraft::http {

bool Connection::may_hold(std::size_t bytes) {
    return bytes <= uncounted_body_bytes || body_share_.grow_to(bytes);
}

void Connection::give_back_buffers(Next next) {
    body_share_.clear();
    // Assigning an empty text would keep the memory.
    if (chunked_body_.capacity() > read_buffer_kept_bytes) std::string().swap(chunked_body_);
    if (next == Next::close) {
        input_ = {};
    } else {
        input_.give_back();
    }
}

// True when the whole body is in the buffer, as most bodies are: they arrive together with the
// head.
bool Connection::has_arrived(Head const& head) const {
    auto const length = head.content_length.value_or(0);
    return !head.chunked && input_.view().size() - framing_.head_bytes() >= length;
}

// Reads the body that follows the head: a chunked one into chunked_body_, others into the buffer.
asio::awaitable<Connection::BodyArrival> Connection::read_body(Head head, std::uint64_t bytes_max) {
    auto const deadline = lane_.ticker.in(lane_.ground.settings.body_timeout);
    auto const head_bytes = framing_.head_bytes();
    auto const length = head.content_length.value_or(0);
    if (length > bytes_max) co_return BodyArrival::too_large;
    if (head.expects_continue && !has_arrived(head) && !co_await say_continue()) {
        co_return BodyArrival::gone;
    }
    if (head.chunked) co_return co_await read_chunked_body(bytes_max, deadline);
    auto const whole = head_bytes + length;
    while (input_.view().size() < whole) {
        if (!flush_at_once() && !co_await flush()) co_return BodyArrival::gone;
        // The buffer grows with what has arrived, not with what was announced.
        auto const missing = whole - input_.view().size();
        auto* const into = input_.space(std::min(missing, body_step_bytes), whole);
        if (!may_hold(input_.capacity() - head_bytes)) co_return BodyArrival::no_memory;
        auto const [trouble, count] = co_await wire_.read_some(into, input_.room(), deadline);
        wire_.settle();
        if (trouble) {
            bool const late = wire_.expired() && !wire_.is_cut();
            co_return late ? BodyArrival::late : BodyArrival::gone;
        }
        input_.arrived(count);
    }
    co_return BodyArrival::whole;
}

asio::awaitable<Connection::BodyArrival> Connection::read_chunked_body(std::uint64_t bytes_max,
                                                                       Moment deadline) {
    auto const head_bytes = framing_.head_bytes();
    chunked_body_.clear();
    while (true) {
        auto const decoded = framing_.read_chunks(input_.view().substr(head_bytes), chunked_body_);
        input_.erase(head_bytes, decoded.used);
        if (decoded.progress == Progress::refused) co_return BodyArrival::malformed;
        if (framing_.announced_bytes() > bytes_max) co_return BodyArrival::too_large;
        if (!may_hold(chunked_body_.capacity())) co_return BodyArrival::no_memory;
        if (decoded.progress == Progress::done) co_return BodyArrival::whole;

        if (!flush_at_once() && !co_await flush()) co_return BodyArrival::gone;
        auto* const into = input_.space(read_buffer_idle_bytes);
        auto const [trouble, count] = co_await wire_.read_some(into, input_.room(), deadline);
        wire_.settle();
        if (trouble) {
            bool const late = wire_.expired() && !wire_.is_cut();
            co_return late ? BodyArrival::late : BodyArrival::gone;
        }
        input_.arrived(count);
    }
}

asio::awaitable<Connection::Next> Connection::refuse_body(BodyArrival why,
                                                          std::uint64_t bytes_max) {
    switch (why) {
        case BodyArrival::too_large:
            return refuse(413, "the body is larger than " + std::to_string(bytes_max) + " bytes");
        case BodyArrival::no_memory:
            LaneCounters::count(lane_.counters.bodies_refused);
            return refuse(503, "too many bodies are being received: try again later");
        case BodyArrival::late:
            return refuse(408, "the body did not arrive in time");
        case BodyArrival::malformed:
            return refuse(400, framing_.refusal().detail);
        case BodyArrival::whole:
        case BodyArrival::gone:
            break;
    }
    return []() -> asio::awaitable<Next> { co_return Next::close; }();
}

// Answers 404 or 405. The connection stays open when the body was dropped to its end within
// discard_bytes_max.
asio::awaitable<Connection::Next> Connection::answer_unrouted(Head head, std::string allowed) {
    path_ = head.path;
    StreamedBody body(*this, head);
    // A client that waits for 100 gets the answer at once: it may still send the body or not.
    if (!head.expects_continue) co_await body.drop(discard_bytes_max);
    auto const ending = body.ending();
    if (ending == StreamedBody::Ending::gone) co_return Next::close;
    if (ending == StreamedBody::Ending::late) {
        co_return co_await refuse_body(BodyArrival::late, discard_bytes_max);
    }
    if (ending == StreamedBody::Ending::malformed) {
        co_return co_await refuse_body(BodyArrival::malformed, discard_bytes_max);
    }
    Router::Match no_match;
    auto const request = request_for(head, no_match);
    bool const found = !allowed.empty();
    auto reply = trouble(path_, found ? 405 : 404,
                         found ? "this path does not know this method" : "there is no such path",
                         std::move(allowed));
    bool const complete = ending == StreamedBody::Ending::complete;
    bool const keep = complete && head.keep_alive && !lane_.draining;
    bool const sent = co_await send(reply, head, keep);
    note_answer(request, reply.status);
    if (!sent || !keep) co_return Next::close;
    input_.erase(0, framing_.head_bytes() + body.used_of_input());
    input_.append(body.beyond());
    co_return Next::keep;
}

}  // namespace updraft::http
