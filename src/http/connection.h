// One connection: reads requests, passes them to their routes and sends the answers in order.
//
// Lives here: keep-alive, pipelining, bodies, deadlines, and the answers that come from no route.
//
// Not here:   reading and writing bytes (http/wire.h), where a request ends (http/framing.h), the
//             threads (http/listener.h).
#pragma once

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/exchange.h"
#include "http/framing.h"
#include "http/input_buffer.h"
#include "http/lane.h"
#include "http/reply_head.h"
#include "http/wire.h"

namespace updraft::http {

// Used by its lane's thread only. In the lane's list from construction to destruction.
class Connection {
public:
    enum class Welcome : std::uint8_t { served, refused };

    struct Peer {
        std::string address;
        std::string local_authority;
        bool trusted_proxy = false;
        std::optional<AddressCounts::Place> place;  // While connections of an address are limited.
    };

    Connection(Lane& lane, asio::ip::tcp::socket socket, Wire::TlsContext tls, Peer peer,
               Welcome welcome);
    ~Connection();
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;

    // Serves `connection` until it ends, and destroys it.
    static asio::awaitable<void> run(std::unique_ptr<Connection> connection);

    void expire(Moment now) { wire_.expire(now); }
    // Call after setting the lane's `draining`. Closes the connection now if it is between two
    // requests; otherwise it closes after the answer, which waits no longer.
    void drain();
    void cut();

private:
    friend class Lane;
    friend class StreamedBody;

    enum class Next : bool { close, keep };
    enum class Arrival : std::uint8_t { head, refused, late, gone };
    enum class BodyArrival : std::uint8_t { whole, too_large, no_memory, malformed, late, gone };

    asio::awaitable<void> serve();
    asio::awaitable<Arrival> await_head(Moment deadline);
    asio::awaitable<Next> exchange();
    asio::awaitable<Next> answer_whole(Head head, Router::Match match);
    asio::awaitable<Next> answer_streamed(Head head, Router::Match match);
    asio::awaitable<Next> answer_unrouted(Head head, std::string allowed);
    // True when the route's check refused the request, which is answered then.
    asio::awaitable<bool> refused_by_check(Head head, Router::Match match);
    // Waits before a reply that has a delay. False: close the connection without the reply.
    asio::awaitable<bool> hold_back(std::chrono::milliseconds delay);
    asio::awaitable<BodyArrival> read_body(Head head, std::uint64_t bytes_max);
    asio::awaitable<BodyArrival> read_chunked_body(std::uint64_t bytes_max, Moment deadline);
    asio::awaitable<Next> refuse_body(BodyArrival why, std::uint64_t bytes_max);
    // Sends an error answer, 400 and 408 in the framing format, others in the format of the path's
    // edge, and closes the connection.
    asio::awaitable<Next> refuse(int status, std::string detail);
    // The same before there is a complete head.
    asio::awaitable<void> refuse_framing(int status, std::string detail);
    // The answer of a handler or of a check. One that throws answers 500.
    template <class Answer>
    asio::awaitable<Answer> ask(std::function<asio::awaitable<Answer>(Request const&)> const& whom,
                                Review const& review, Request const& request);
    Reply bug(Request const& request, std::string const& what);

    asio::awaitable<bool> send(Reply& reply, Head const& head, bool keep);
    asio::awaitable<bool> send_file_body(FileBody& body, Head const& head);
    asio::awaitable<bool> send_source(Reply& reply, ReplyFrame frame, Head const& head);
    asio::awaitable<bool> flush();
    // The parts that need no waiting; false when send() or flush() must do the rest.
    bool put_small(Reply& reply, Head const& head, bool keep);
    bool flush_at_once();
    asio::awaitable<bool> say_continue();

    [[nodiscard]] bool has_arrived(Head const& head) const;
    // Counts the memory of a body. False when the budget of all bodies is used up.
    [[nodiscard]] bool may_hold(std::size_t bytes);
    void give_back_buffers(Next next);
    [[nodiscard]] ReplyFrame frame_for(Head const& head, bool keep) const;
    Request request_for(Head const& head, Router::Match& match);
    void take_request_id(Head const& head);
    [[nodiscard]] Reply trouble(std::string_view path, int status, std::string detail,
                                std::string allowed = {}) const;
    // An error of a body's first piece. The answer only says that it failed; the hook gets the
    // rest.
    [[nodiscard]] Reply trouble_inside(std::string_view path, int status, Error const& error) const;
    [[nodiscard]] Trouble found_trouble(int status, std::string detail,
                                        std::string allowed = {}) const;
    void note_answer(Request const& request, int status);
    void note_status(int status);

    Lane& lane_;
    Wire wire_;
    Peer peer_;
    Welcome welcome_;
    Framing framing_;
    InputBuffer input_;   // Begins with the head of the current request.
    std::string output_;  // Answers that are not written yet.
    std::string chunked_body_;
    BodyShare body_share_;
    asio::steady_timer* held_back_ = nullptr;  // Of a reply that waits.
    std::string path_;  // Of the current request; selects the format of an error answer.
    std::vector<Field> fields_;
    std::array<char, request_id_bytes_max> request_id_{};
    std::size_t request_id_size_ = 0;
    std::chrono::microseconds began_{};
    std::uint64_t body_bytes_sent_ = 0;
    bool idle_ = true;  // Between requests.
    Connection* next_ = nullptr;
    Connection* previous_ = nullptr;
};

}  // namespace updraft::http
