#include "http/connection.h"

#include <exception>

#include "http/head_texts.h"
#include "http/streamed_body.h"

namespace updraft::http {
namespace {

Reply* reply_in(Reply& answer) { return &answer; }
Reply* reply_in(std::optional<Reply>& answer) { return answer ? &*answer : nullptr; }

}  // namespace

Connection::Connection(Lane& lane, asio::ip::tcp::socket socket, Wire::TlsContext tls, Peer peer,
                       Welcome welcome)
    : lane_(lane),
      wire_(std::move(socket), std::move(tls), lane.ticker, lane.ground.settings.transfer_stall),
      peer_(std::move(peer)),
      welcome_(welcome),
      framing_(lane.ground.settings.identity_fields),
      body_share_(lane.ground.body_memory) {
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
    if (held_back_ != nullptr) held_back_->cancel();
}

void Connection::cut() {
    wire_.cut();
    if (held_back_ != nullptr) held_back_->cancel();
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
        give_back_buffers(next);
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
    bool checked = false;
    if (head.has_body()) {
        path_ = head.path;
        // The size is checked before the encoding: a body over the limit is answered 413 whatever
        // its encoding.
        if (head.content_length.value_or(0) > route.body_bytes_max) {
            co_return co_await refuse_body(BodyArrival::too_large, route.body_bytes_max);
        }
        if (!is_identity(head.content_encoding.value_or(""))) {
            co_return co_await refuse(415, "only the Content-Encoding identity is understood");
        }
        if (!has_arrived(head)) {
            if (route.check) {
                auto copy = match;
                if (co_await refused_by_check(head, std::move(copy))) co_return Next::close;
                checked = true;
            }
            auto const arrival = co_await read_body(head, route.body_bytes_max);
            if (arrival != BodyArrival::whole) {
                co_return co_await refuse_body(arrival, route.body_bytes_max);
            }
            head = framing_.head(input_.view());  // The buffer may have moved.
        }
    }
    auto request = request_for(head, match);
    request.head_checked = checked;
    auto const plain_bytes = head.chunked ? 0 : head.content_length.value_or(0);
    request.body = head.chunked ? std::string_view(chunked_body_)
                                : input_.view().substr(framing_.head_bytes(), plain_bytes);
    auto reply = co_await ask(route.handler, route.review, request);
    if (reply.delay.count() > 0 && !co_await hold_back(reply.delay)) co_return Next::close;
    bool const keep = head.keep_alive && !reply.close && !lane_.draining;
    bool const sent = put_small(reply, head, keep) || co_await send(reply, head, keep);
    note_answer(request, reply.status);
    if (!sent || !keep || reply.close) co_return Next::close;
    input_.erase(0, framing_.head_bytes() + plain_bytes);
    co_return Next::keep;
}

asio::awaitable<Connection::Next> Connection::answer_streamed(Head head, Router::Match match) {
    path_ = head.path;
    if (!is_identity(head.content_encoding.value_or(""))) {
        co_return co_await refuse(415, "only the Content-Encoding identity is understood");
    }
    auto request = request_for(head, match);
    StreamedBody body(*this, head);
    request.stream = &body;
    auto reply = co_await ask(match.route->handler, match.route->review, request);
    if (reply.delay.count() > 0 && !co_await hold_back(reply.delay)) co_return Next::close;
    body.take_arrived();
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

template <class Answer>
asio::awaitable<Answer> Connection::ask(
    std::function<asio::awaitable<Answer>(Request const&)> const& whom, Review const& review,
    Request const& request) {
    std::string what;
    try {
        auto answer = co_await whom(request);
        if (auto* const reply = reply_in(answer); reply && review) review(request, *reply);
        co_return answer;
    } catch (std::exception const& thrown) {
        what = thrown.what();
    } catch (...) {
        what = "something that is no std::exception";
    }
    co_return bug(request, what);
}

Reply Connection::bug(Request const& request, std::string const& what) {
    if (lane_.ground.hooks.bug) lane_.ground.hooks.bug(request.request_id, what);
    return trouble(request.path, 500, "internal error; the log has more under this request id");
}

Reply Connection::trouble_inside(std::string_view path, int status, Error const& error) const {
    std::string_view const id(request_id_.data(), request_id_size_);
    if (lane_.ground.hooks.trouble) lane_.ground.hooks.trouble(id, error);
    return trouble(path, status,
                   status == 503 ? "busy: please try again"
                                 : "internal error; the log has more under this request id");
}

asio::awaitable<bool> Connection::refused_by_check(Head head, Router::Match match) {
    auto const& route = *match.route;
    auto const request = request_for(head, match);
    auto reply = co_await ask(route.check, route.review, request);
    if (!reply) co_return false;
    if (reply->delay.count() > 0 && !co_await hold_back(reply->delay)) co_return true;
    co_await send(*reply, head, false);
    note_answer(request, reply->status);
    co_return true;
}

// Earlier replies of this connection are sent before the wait.
asio::awaitable<bool> Connection::hold_back(std::chrono::milliseconds delay) {
    auto& waiting = lane_.ground.answers_waiting;
    if (!flush_at_once() && !co_await flush()) co_return false;
    if (lane_.draining) co_return true;
    if (waiting.fetch_add(1) >= lane_.ground.settings.answers_waiting_max) {
        waiting.fetch_sub(1);
        LaneCounters::count(lane_.counters.answers_dropped);
        wire_.cut();
        co_return false;
    }
    asio::steady_timer timer(lane_.io, delay);
    held_back_ = &timer;
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    held_back_ = nullptr;
    waiting.fetch_sub(1);
    co_return !wire_.is_cut();
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
    if (!head.chunked) request.announced_bytes = head.content_length.value_or(0);
    request.request_id = {request_id_.data(), request_id_size_};
    request.peer_address = peer_.address;
    if (peer_.trusted_proxy) request.trusted_proxies = &lane_.ground.trusted_proxies;
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
