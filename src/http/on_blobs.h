// Opens an artifact from a coroutine.
//
// Lives here: waiting, without blocking the I/O thread, until an artifact is fetched and opened.
//
// Not here:   where artifacts are (ports/blobs.h), sending them (http/sending.cpp).
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "http/await_callback.h"
#include "ports/blobs.h"

namespace updraft::http {

// The result of blobs.open(). Continues on the connection's I/O thread.
inline asio::awaitable<Result<std::shared_ptr<OpenBlob const>>> on_blobs(Blobs& blobs,
                                                                         std::string sha256) {
    using Answer = Result<std::shared_ptr<OpenBlob const>>;
    return await_callback<Answer>([&blobs, sha256 = std::move(sha256)](auto callback) {
        blobs.open_soon(sha256, std::move(callback));
    });
}

}  // namespace updraft::http
