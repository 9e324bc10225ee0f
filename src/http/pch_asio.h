// Precompiled header of the edges: the standard headers, and Asio's coroutine types.
//
// Lives here: what a route needs to be a coroutine.
//
// Not here:   sockets, timers and TLS, which only a few files of http/ include.
#pragma once
#include "vocabulary/pch_std.h"
//
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
