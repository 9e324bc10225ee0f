// Asio's coroutine types on top of the standard headers, compiled once for the edges.
//
// Lives here: what a route needs to be a coroutine.
// Not here:   sockets, timers and TLS, which only http/connection.cpp and its like include.
#pragma once
#include "vocabulary/pch_std.h"
//
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
