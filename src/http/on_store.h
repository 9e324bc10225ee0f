// A transaction as something a route can wait for.
//
// Lives here: the hop to the store and back to the connection's I/O thread.
// Not here:   what a transaction does (the verbs of the domain).
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "ports/store.h"

namespace updraft::http {

namespace asio = boost::asio;

// Runs `body(Tx&)` as a durable write transaction, or `body(Tx const&)` as a read, and answers what
// it answers, a Result<T>. The body must own what it uses: it runs on another thread, perhaps
// twice. An inline read (embedded store) costs no hop at all.
template <class Body>
requires std::is_invocable_v<Body&, Tx const&>
    asio::awaitable<std::invoke_result_t<Body&, Tx const&>> on_store(Store& store, Body body) {
    if (store.reads_inline()) co_return read(store, body);
    using Answer = std::invoke_result_t<Body&, Tx const&>;
    auto executor = co_await asio::this_coro::executor;
    auto answer = std::make_shared<std::optional<Answer>>();
    auto start = [&store, body = std::move(body), answer, executor](auto handler) mutable {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        store.submit_read(
            [body = std::move(body), answer](Tx const& tx) mutable -> Result<void> {
                answer->emplace(body(tx));
                return {};
            },
            [answer, executor, shared](Result<void> done) {
                if (!done) answer->emplace(tl::unexpected<Error>(std::move(done).error()));
                asio::post(executor, [shared] { std::move (*shared)(); });
            });
    };
    co_await asio::async_initiate<asio::use_awaitable_t<> const, void()>(std::move(start),
                                                                         asio::use_awaitable);
    co_return std::move(**answer);
}

template <class Body>
requires(!std::is_invocable_v<Body&, Tx const&>)
    asio::awaitable<std::invoke_result_t<Body&, Tx&>> on_store(Store& store, Body body) {
    using Answer = std::invoke_result_t<Body&, Tx&>;
    auto executor = co_await asio::this_coro::executor;
    auto answer = std::make_shared<std::optional<Answer>>();
    auto start = [&store, body = std::move(body), answer, executor](auto handler) mutable {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        store.submit(
            [body = std::move(body), answer](Tx& tx) mutable -> Result<void> {
                answer->emplace(body(tx));
                if (!**answer) return tl::unexpected<Error>((*answer)->error());
                return {};
            },
            [answer, executor, shared](Result<void> done) {
                if (!done) answer->emplace(tl::unexpected<Error>(std::move(done).error()));
                asio::post(executor, [shared] { std::move (*shared)(); });
            });
    };
    co_await asio::async_initiate<asio::use_awaitable_t<> const, void()>(std::move(start),
                                                                         asio::use_awaitable);
    co_return std::move(**answer);
}

}  // namespace updraft::http
