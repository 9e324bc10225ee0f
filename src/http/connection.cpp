#include "http/connection.h"

#include <exception>

#include "http/streamed_body.h"
#include "vocabulary/ascii.h"

namespace updraft::http {
namespace {

bool is_identity(std::optional<std::string_view> encoding) {
    return !encoding || encoding->empty() || same_name(*encoding, "identity");
}

}  // namespace

Connection::Connection(Lane& lane, asio::ip::tcp::socket socket, Wire::TlsContext tls, Peer peer,
                       Welcome welcome)
    : lane_(lane),
      wire_(std::move(socket), std::move(tls), lane.ticker, lane.ground.settings.transfer_stall),
      peer_(std::move(peer)),
      welcome_(welcome),
      framing_(lane.ground.settings.identity_fields) {
    lane_.ground.open.fetch_add(1, std::memory_order_relaxed);
    if (welcome_ == Welcome::refused) lane_.ground.refused_open.fetch_add(1);
    lane_.link(*this);
}

Connection::~Connection() {
    lane_.ground.open.fetch_sub(1, std::memory_order_relaxed);
    if (welcome_ == Welcome::refused) lane_.ground.refused_open.fetch_sub(1);
    lane_.unlink(*this);
}

asio::awaitable<void> Connection::run(std::unique_ptr<Connection> connection) {
    co_await connection->serve();
}

void Connection::drain() {
    if (idle_) wire_.cut();
}

asio::awaitable<void> Connection::serve() {
    auto const& settings = lane_.ground.settings;
    auto deadline = lane_.ticker.in(settings.header_timeout);
    if (!co_await wire_.shake_hands(deadline)) co_return;
    if (welcome_ == Welcome::refused) {
        co_await refuse_framing(503, "too many connections: try again later");
        co_return;
    }
    while (true) {
        framing_.begin();
        auto const arrival = co_await await_head(deadline);
        switch (arrival) {
            case Arrival::gone:
                co_return;
            case Arrival::late:
                co_await refuse_framing(408, "the request head did not arrive in time");
                co_return;
            case Arrival::refused:
                co_await refuse_framing(framing_.refusal().status, framing_.refusal().detail);
                co_return;
            case Arrival::head:
                break;
        }
        idle_ = false;
        auto const next = co_await exchange();
        if (next == Next::close) {
            if (co_await flush()) co_await wire_.linger();
            co_return;
        }
        idle_ = true;
        deadline = lane_.ticker.in(settings.idle_timeout);
    }
}

// The first byte must arrive before `deadline`; after it the whole head has header_timeout.
asio::awaitable<Connection::Arrival> Connection::await_head(Moment deadline) {
    bool timed = false;
    while (true) {
        auto const progress = input_.empty() ? Progress::more : framing_.read_head(input_.view());
        if (!timed && framing_.begun()) {
            timed = true;
            idle_ = false;
            began_ = lane_.ground.hooks.answered ? monotonic_now() : std::chrono::microseconds{};
            deadline = lane_.ticker.in(lane_.ground.settings.header_timeout);
        }
        if (progress == Progress::refused) co_return Arrival::refused;
        if (progress == Progress::done) co_return Arrival::head;

        if (!flush_at_once() && !co_await flush()) co_return Arrival::gone;
        if (lane_.draining && !timed) co_return Arrival::gone;
        input_.shrink();
        auto* const into = input_.space(read_buffer_idle_bytes / 2);
        auto const [trouble, count] = co_await wire_.read_some(into, input_.room(), deadline);
        wire_.settle();
        if (trouble) {
            co_return timed&& wire_.expired() && !wire_.is_cut() ? Arrival::late : Arrival::gone;
        }
        input_.arrived(count);
    }
}

asio::awaitable<Connection::Next> Connection::exchange() {
    auto const head = framing_.head(input_.view());
    take_request_id(head);
    body_bytes_sent_ = 0;
    // A request that arrives while the server is draining is still served; then the connection is
    // closed.
    auto match = lane_.ground.router.match(head.method, head.path);
    if (match.route == nullptr) {
        co_return co_await answer_unrouted(head, std::move(match.allowed));
    }
    if (match.route->body == BodyMode::streamed) {
        co_return co_await answer_streamed(head, std::move(match));
    }
    co_return co_await answer_whole(head, std::move(match));
}

asio::awaitable<Connection::Next> Connection::answer_whole(Head head, Router::Match match) {
    auto const& route = *match.route;
    if (head.has_body()) {
        path_ = head.path;
        // The size is checked before the encoding: a body over the limit is answered 413 whatever
        // its encoding.
        if (head.content_length.value_or(0) > route.body_bytes_max) {
            co_return co_await refuse_body(BodyArrival::too_large, route.body_bytes_max);
        }
        if (!is_identity(head.content_encoding)) {
            co_return co_await refuse(415, "only the Content-Encoding identity is understood");
        }
        if (!has_arrived(head)) {
            auto const arrival = co_await read_body(head, route.body_bytes_max);
            if (arrival != BodyArrival::whole) {
                co_return co_await refuse_body(arrival, route.body_bytes_max);
            }
            head = framing_.head(input_.view());  // The buffer may have moved.
        }
    }
    auto request = request_for(head, match);
    auto const plain_bytes = head.chunked ? 0 : head.content_length.value_or(0);
    request.body = head.chunked ? std::string_view(chunked_body_)
                                : input_.view().substr(framing_.head_bytes(), plain_bytes);
    auto reply = co_await ask(route.handler, request);
    bool const keep = head.keep_alive && !reply.close && !lane_.draining;
    bool const sent = put_small(reply, head, keep) || co_await send(reply, head, keep);
    note_answer(request, reply.status);
    if (!sent || !keep || reply.close) co_return Next::close;
    input_.erase(0, framing_.head_bytes() + plain_bytes);
    co_return Next::keep;
}

asio::awaitable<Connection::Next> Connection::answer_streamed(Head head, Router::Match match) {
    path_ = head.path;
    if (!is_identity(head.content_encoding)) {
        co_return co_await refuse(415, "only the Content-Encoding identity is understood");
    }
    auto request = request_for(head, match);
    StreamedBody body(*this, head);
    request.stream = &body;
    auto reply = co_await ask(match.route->handler, request);
    auto const ending = body.ending();
    switch (ending) {
        case StreamedBody::Ending::gone:
            co_return Next::close;
        case StreamedBody::Ending::late:
            co_return co_await refuse(408, "no byte of the body moved for too long");
        case StreamedBody::Ending::malformed:
            co_return co_await refuse(400, framing_.refusal().detail);
        case StreamedBody::Ending::open:
        case StreamedBody::Ending::complete:
            break;
    }
    bool const complete = ending == StreamedBody::Ending::complete;
    bool const keep = complete && head.keep_alive && !reply.close && !lane_.draining;
    bool const sent = co_await send(reply, head, keep);
    note_answer(request, reply.status);
    if (!sent || !keep || reply.close) co_return Next::close;
    input_.erase(0, framing_.head_bytes() + body.used_of_input());
    input_.append(body.beyond());
    co_return Next::keep;
}

// Answers 404 or 405. The connection stays open when the body was read to its end within
// discard_bytes_max.
asio::awaitable<Connection::Next> Connection::answer_unrouted(Head head, std::string allowed) {
    path_ = head.path;
    auto arrival = BodyArrival::whole;
    if (head.expects_continue && head.has_body()) {
        arrival = BodyArrival::too_large;  // Not read: the client may still send it or not.
    } else if (head.has_body()) {
        arrival = co_await read_body(head, discard_bytes_max);
    }
    if (arrival == BodyArrival::gone) co_return Next::close;
    if (arrival == BodyArrival::late || arrival == BodyArrival::malformed) {
        co_return co_await refuse_body(arrival, discard_bytes_max);
    }
    head = framing_.head(input_.view());
    Router::Match no_match;
    auto const request = request_for(head, no_match);
    bool const found = !allowed.empty();
    auto reply = trouble(path_, found ? 405 : 404,
                         found ? "this path does not know this method" : "there is no such path",
                         std::move(allowed));
    bool const keep = arrival == BodyArrival::whole && head.keep_alive && !lane_.draining;
    bool const sent = co_await send(reply, head, keep);
    note_answer(request, reply.status);
    if (!sent || !keep) co_return Next::close;
    auto const plain_bytes = head.chunked ? 0 : head.content_length.value_or(0);
    input_.erase(0, framing_.head_bytes() + plain_bytes);
    co_return Next::keep;
}

asio::awaitable<Reply> Connection::ask(Handler const& handler, Request const& request) {
    std::string what;
    try {
        co_return co_await handler(request);
    } catch (std::exception const& thrown) {
        what = thrown.what();
    } catch (...) {
        what = "something that is no std::exception";
    }
    if (lane_.ground.hooks.bug) lane_.ground.hooks.bug(request.request_id, what);
    co_return trouble(request.path, 500, "internal error; the log has more under this request id");
}

Reply Connection::trouble_inside(std::string_view path, int status, Error const& error) const {
    std::string_view const id(request_id_.data(), request_id_size_);
    if (lane_.ground.hooks.trouble) lane_.ground.hooks.trouble(id, error);
    return trouble(path, status,
                   status == 503 ? "busy: please try again"
                                 : "internal error; the log has more under this request id");
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
    while (input_.view().size() < head_bytes + length) {
        if (!flush_at_once() && !co_await flush()) co_return BodyArrival::gone;
        auto* const into = input_.space(head_bytes + length - input_.view().size());
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
        if (chunked_body_.size() > bytes_max) co_return BodyArrival::too_large;
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

asio::awaitable<Connection::Next> Connection::refuse(int status, std::string detail) {
    auto const head = framing_.head(input_.view());
    Router::Match no_match;
    auto const request = request_for(head, no_match);
    // Framing errors have one format on every path; other refusals have the format of the path's
    // edge.
    bool const framing = status == 400 || status == 408;
    auto const found = found_trouble(status, std::move(detail));
    auto const& router = lane_.ground.router;
    auto reply = framing ? router.framing_trouble(found) : router.trouble(head.path, found);
    if (framing) LaneCounters::count(lane_.counters.framing_errors);
    co_await send(reply, head, false);
    note_answer(request, reply.status);
    co_return Next::close;
}

asio::awaitable<void> Connection::refuse_framing(int status, std::string detail) {
    LaneCounters::count(lane_.counters.framing_errors);
    Head nothing;
    nothing.request_id = framing_.request_id_of_refused(input_.view());
    take_request_id(nothing);
    auto reply = lane_.ground.router.framing_trouble(found_trouble(status, std::move(detail)));
    co_await send(reply, nothing, false);
    note_status(reply.status);
    if (co_await flush()) co_await wire_.linger();
}

Reply Connection::trouble(std::string_view path, int status, std::string detail,
                          std::string allowed) const {
    return lane_.ground.router.trouble(
        path, found_trouble(status, std::move(detail), std::move(allowed)));
}

Trouble Connection::found_trouble(int status, std::string detail, std::string allowed) const {
    Trouble trouble;
    trouble.status = status;
    trouble.detail = std::move(detail);
    trouble.request_id = std::string(request_id_.data(), request_id_size_);
    if (!allowed.empty()) trouble.fields.emplace_back("Allow", std::move(allowed));
    if (status == 503) trouble.fields.emplace_back("Retry-After", "1");
    return trouble;
}

Request Connection::request_for(Head const& head, Router::Match& match) {
    framing_.fields(input_.view(), fields_);
    Request request;
    request.method = head.method;
    request.target = head.target;
    request.path = head.path;
    request.query = head.query;
    request.params = std::move(match.params);
    request.fields = fields_;
    request.request_id = {request_id_.data(), request_id_size_};
    request.peer_address = peer_.address;
    request.local_authority = peer_.local_authority;
    request.secure = wire_.secure();
    request.from_trusted_proxy = peer_.trusted_proxy;
    return request;
}

void Connection::take_request_id(Head const& head) {
    if (head.request_id) {
        request_id_size_ = head.request_id->copy(request_id_.data(), request_id_.size());
        return;
    }
    std::array<char, Lane::request_id_bytes> made{};
    lane_.make_request_id(made);
    std::copy(made.begin(), made.end(), request_id_.begin());
    request_id_size_ = made.size();
}

void Connection::note_answer(Request const& request, int status) {
    note_status(status);
    if (!lane_.ground.hooks.answered) return;
    Answered const answered{request, status, body_bytes_sent_, monotonic_now() - began_};
    lane_.ground.hooks.answered(answered);
}

void Connection::note_status(int status) {
    auto const kind = static_cast<std::size_t>(status / 100);
    auto& answers = lane_.counters.answers;
    LaneCounters::count(answers[kind < answers.size() ? kind : 0]);
}

}  // namespace updraft::http
