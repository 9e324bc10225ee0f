// Work that blocks on the disk, as something a route can wait for.
//
// Lives here: the hop to a worker and back to the connection's I/O thread.
// Not here:   transactions (http/on_store.h), what is done there (admin/upload.cpp).
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace updraft::admin {

// Runs `work()` on a thread of `disk` and answers what it answers. What it refers to must live
// until then: the coroutine that waits keeps it.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work&>> on_disk(boost::asio::thread_pool& disk,
                                                            Work work) {
    namespace asio = boost::asio;
    using Answer = std::invoke_result_t<Work&>;
    auto executor = co_await asio::this_coro::executor;
    auto answer = std::make_shared<std::optional<Answer>>();
    auto start = [&disk, work = std::move(work), answer, executor](auto handler) mutable {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        asio::post(disk, [work = std::move(work), answer, executor, shared]() mutable {
            answer->emplace(work());
            asio::post(executor, [shared] { std::move (*shared)(); });
        });
    };
    co_await asio::async_initiate<asio::use_awaitable_t<> const, void()>(std::move(start),
                                                                         asio::use_awaitable);
    co_return std::move(**answer);
}

}  // namespace updraft::admin
