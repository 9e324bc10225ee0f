// An artifact as something a route can wait for.
//
// Lives here: waiting for one that has to be fetched, without holding up the I/O thread.
// Not here:   where artifacts are (ports/blobs.h), sending them (http/sending.cpp).
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "ports/blobs.h"

namespace updraft::http {

namespace asio = boost::asio;

// What blobs.open() answers, on the connection's I/O thread.
inline asio::awaitable<Result<std::shared_ptr<OpenBlob const>>> on_blobs(Blobs& blobs,
                                                                         std::string sha256) {
    using Answer = Result<std::shared_ptr<OpenBlob const>>;
    auto executor = co_await asio::this_coro::executor;
    auto answer = std::make_shared<std::optional<Answer>>();
    auto start = [&blobs, sha256 = std::move(sha256), answer, executor](auto handler) mutable {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        blobs.open_soon(sha256, [answer, executor, shared](Answer blob) {
            answer->emplace(std::move(blob));
            asio::post(executor, [shared] { std::move (*shared)(); });
        });
    };
    co_await asio::async_initiate<asio::use_awaitable_t<> const, void()>(std::move(start),
                                                                         asio::use_awaitable);
    co_return std::move(**answer);
}

}  // namespace updraft::http
