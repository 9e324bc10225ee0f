// Runs a transaction from a coroutine.
//
// Lives here: submitting the transaction, and continuing on the connection's I/O thread.
//
// Not here:   what a transaction does (the functions of the domain).
#pragma once

#include <type_traits>
#include <utility>

#include "http/await_callback.h"
#include "ports/store.h"

namespace updraft::http {

// Runs `body(Tx&)` as a durable write transaction, or `body(Tx const&)` as a read, and returns its
// Result<T>. The body must own what it uses: it runs on another thread, and may run twice. With a
// store that reads inline (the embedded one), a read runs immediately on this thread.
template <class Body>
requires std::is_invocable_v<Body&, Tx const&>
    asio::awaitable<std::invoke_result_t<Body&, Tx const&>> on_store(Store& store, Body body) {
    using Answer = std::invoke_result_t<Body&, Tx const&>;
    if (store.reads_inline()) return answered<Answer>(read(store, body));
    return await_callback<Answer>([&store, body = std::move(body)](auto callback) mutable {
        store.submit_read(
            [body = std::move(body), slot = callback.slot()](Tx const& tx) mutable -> Result<void> {
                slot->emplace(body(tx));
                return {};
            },
            [callback](Result<void> done) {
                if (!done) callback.slot()->emplace(pass(done));
                callback.resume();
            });
    });
}

template <class Body>
requires(!std::is_invocable_v<Body&, Tx const&>)
    asio::awaitable<std::invoke_result_t<Body&, Tx&>> on_store(Store& store, Body body) {
    using Answer = std::invoke_result_t<Body&, Tx&>;
    return await_callback<Answer>([&store, body = std::move(body)](auto callback) mutable {
        store.submit(
            [body = std::move(body), slot = callback.slot()](Tx& tx) mutable -> Result<void> {
                slot->emplace(body(tx));
                if (!**slot) return fail((*slot)->error());
                return {};
            },
            [callback](Result<void> done) {
                if (!done) callback.slot()->emplace(pass(done));
                callback.resume();
            });
    });
}

}  // namespace updraft::http
