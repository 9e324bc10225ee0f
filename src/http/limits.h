// The limits of the listener that are not settings, with their units.
//
// Lives here: limits of a request head, of chunks, of buffers and of refused connections.
//
// Not here:   limits that operators set (http/listener.h), the largest body of a route
//             (http/router.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace updraft::http {

// A request head over one of these is answered 431; a target over its limit, 414.
inline constexpr std::size_t head_bytes_max = 16 * 1024;
inline constexpr std::size_t target_bytes_max = 8 * 1024;
inline constexpr std::size_t fields_max = 100;

// Extensions of one chunk in a chunked body.
inline constexpr std::size_t chunk_line_bytes_max = 256;
// Trailers are read and dropped; longer ones are answered 400.
inline constexpr std::size_t trailer_bytes_max = 8 * 1024;
// Framing bytes of a chunked body (size lines and line ends) may be at most this number plus 16
// times the bytes of content; more is answered 400.
inline constexpr std::size_t chunk_framing_slack_bytes = 64 * 1024;

inline constexpr std::size_t request_id_bytes_max = 64;
// Number of identity fields: header fields that identify the caller and may occur only once.
inline constexpr std::size_t identity_fields_max = 8;

// Read buffer of an idle connection; it grows while a request arrives.
inline constexpr std::size_t read_buffer_idle_bytes = 2 * 1024;
// Larger read buffers and bodies are freed after the request.
inline constexpr std::size_t read_buffer_kept_bytes = 16 * 1024;
// One read of a streamed body, and of what arrives after a closing answer.
inline constexpr std::size_t read_piece_bytes = 64 * 1024;
// One read of a body that is dropped, and the least that a buffer grows by while a body arrives.
inline constexpr std::size_t body_step_bytes = 4 * 1024;
// Bodies up to this size do not count towards body_memory.
inline constexpr std::size_t uncounted_body_bytes = 4 * 1024;
// Bodies of replies up to this size are copied after their head and sent in the same write.
inline constexpr std::size_t small_body_bytes_max = 16 * 1024;
// When the collected replies to pipelined requests exceed this, they are written first.
inline constexpr std::size_t pipelined_output_bytes_max = 64 * 1024;
// Largest piece of a file in one sendfile(); over TLS, in one pread().
inline constexpr std::size_t sendfile_piece_bytes = 1024 * 1024;
inline constexpr std::size_t tls_piece_bytes = 64 * 1024;

// A body without a route is read and dropped up to this size, so that the connection can stay open.
inline constexpr std::uint64_t discard_bytes_max = 64 * 1024;
// After an answer that closes the connection, bytes that still arrive are read and dropped for at
// most this time and this number of bytes. Otherwise a TCP reset could destroy the answer.
inline constexpr std::chrono::milliseconds linger_max{2000};
inline constexpr std::uint64_t linger_bytes_max = 16 * 1024 * 1024;

// Connections over connections_max that are answered 503 at the same time; further ones are closed
// without an answer.
inline constexpr std::size_t refused_connections_max = 256;
// Pause before the next accept after the process ran out of descriptors or memory.
inline constexpr std::chrono::milliseconds accept_pause{100};

}  // namespace updraft::http
