// Every limit of the listener that is not a setting, with its unit.
//
// Lives here: what a request head, a chunk and a connection may cost.
// Not here:   limits that operators set (http/listener.h), the size of a route's body
//             (http/router.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace updraft::http {

// A request head: over one of these it is 431, for the target 414.
inline constexpr std::size_t head_bytes_max = 16 * 1024;
inline constexpr std::size_t target_bytes_max = 8 * 1024;
inline constexpr std::size_t fields_max = 100;

// Of one chunk in a chunked body: its size line with extensions.
inline constexpr std::size_t chunk_line_bytes_max = 256;
// Trailers are read and dropped; more than this is 400.
inline constexpr std::size_t trailer_bytes_max = 8 * 1024;
// Chunked bodies of many tiny chunks cost more to frame than to hold: framing bytes (size lines
// and line ends) may be at most this much more than the body.
inline constexpr std::size_t chunk_framing_slack_bytes = 64 * 1024;

inline constexpr std::size_t request_id_bytes_max = 64;

// What an idle connection keeps for reading; it grows while a request arrives.
inline constexpr std::size_t read_buffer_idle_bytes = 2 * 1024;
// One read of a streamed body or a large whole one.
inline constexpr std::size_t read_piece_bytes = 64 * 1024;
// Replies up to here are copied behind their head and leave in one write.
inline constexpr std::size_t small_body_bytes_max = 16 * 1024;
// Replies of pipelined requests are collected up to here before they are written.
inline constexpr std::size_t pipelined_output_bytes_max = 64 * 1024;
// One piece of sendfile; over TLS, of pread.
inline constexpr std::size_t sendfile_piece_bytes = 1024 * 1024;
inline constexpr std::size_t tls_piece_bytes = 64 * 1024;

// An unread body is thrown away up to here so that the connection can be used again.
inline constexpr std::uint64_t discard_bytes_max = 64 * 1024;
// After a closing answer, what still arrives is read for so long and so many bytes, so that the
// answer is not lost to a reset.
inline constexpr std::chrono::milliseconds linger_max{2000};
inline constexpr std::uint64_t linger_bytes_max = 16 * 1024 * 1024;

// Connections over the configured limit that may at once be told 503; further ones are closed.
inline constexpr std::size_t refused_connections_max = 256;
// Pause of accepting after the process ran out of descriptors.
inline constexpr std::chrono::milliseconds accept_pause{100};

}  // namespace updraft::http
