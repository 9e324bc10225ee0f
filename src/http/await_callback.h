// Lets a coroutine wait for work that calls back once, on any thread.
//
// Lives here: resuming the coroutine on its own thread with the answer.
//
// Not here:   the work itself: transactions (http/on_store.h), artifacts (http/on_blobs.h), the
//             disk (admin/on_disk.h).
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <utility>

namespace updraft::http {

namespace asio = boost::asio;

// The callback that the work gets. Cheap to copy; used by one thread at a time. An answer that
// comes after the listener has ended is dropped.
template <class Answer, class Executor, class Waiter>
class Callback {
public:
    Callback(std::shared_ptr<std::optional<Answer>> slot, Executor executor,
             std::shared_ptr<Waiter> waiter)
        : slot_(std::move(slot)), executor_(std::move(executor)), waiter_(std::move(waiter)) {}

    // Stores the answer and resumes the coroutine. Call exactly once.
    void operator()(Answer answer) const {
        slot_->emplace(std::move(answer));
        resume();
    }

    // The same in two steps, for work that knows its answer before it has finished: fill the slot,
    // then call resume() exactly once.
    [[nodiscard]] std::shared_ptr<std::optional<Answer>> const& slot() const { return slot_; }
    void resume() const {
        asio::post(executor_, [waiter = waiter_] { std::move (*waiter)(); });
    }

private:
    std::shared_ptr<std::optional<Answer>> slot_;
    Executor executor_;
    std::shared_ptr<Waiter> waiter_;
};

// Calls `start(callback)` and returns the answer that the callback gets. The coroutine continues on
// its own executor. `start` must own what it uses.
template <class Answer, class Start>
asio::awaitable<Answer> await_callback(Start start) {
    auto executor = co_await asio::this_coro::executor;
    auto slot = std::make_shared<std::optional<Answer>>();
    auto initiate = [start = std::move(start), slot, executor](auto handler) mutable {
        using Waiting = decltype(handler);
        auto shared = std::make_shared<Waiting>(std::move(handler));
        start(Callback<Answer, decltype(executor), Waiting>(slot, executor, std::move(shared)));
    };
    co_await asio::async_initiate<asio::use_awaitable_t<> const, void()>(std::move(initiate),
                                                                         asio::use_awaitable);
    co_return std::move(**slot);
}

// An awaitable for an answer that is known already.
template <class Answer>
asio::awaitable<Answer> answered(Answer answer) {
    co_return answer;
}

}  // namespace updraft::http
