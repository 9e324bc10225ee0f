// Runs blocking work on another thread, from a coroutine.
//
// Lives here: passing the work to a thread, and continuing on the connection's I/O thread.
//
// Not here:   transactions (http/on_store.h), the work itself (admin/upload.cpp).
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <type_traits>
#include <utility>

#include "http/await_callback.h"

namespace updraft::admin {

// Runs `work()` on a thread of `disk` and returns its result. What `work` refers to must stay alive
// until it returns; locals of the waiting coroutine do.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work&>> on_disk(boost::asio::thread_pool& disk,
                                                            Work work) {
    using Answer = std::invoke_result_t<Work&>;
    return http::await_callback<Answer>([&disk, work = std::move(work)](auto callback) mutable {
        boost::asio::post(disk, [work = std::move(work), callback = std::move(callback)]() mutable {
            callback(work());
        });
    });
}

}  // namespace updraft::admin
