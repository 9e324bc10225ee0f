// A client that sends exactly the given bytes, and reads the answers.
//
// Lives here: a TCP connection, and splitting the bytes into answers by Content-Length or chunks.
//
// Not here:   the promises (the tests in this folder).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace updraft::http {

struct RawAnswer {
    int status = 0;
    std::string head;  // Status line and fields, without the empty line.
    std::string body;  // Without the framing of chunks.

    // The value of a field, by its lower-case name; empty when it is absent.
    [[nodiscard]] std::string field(std::string const& name) const;
};

// Every call waits at most 10 s. Used by one thread.
class RawClient {
public:
    explicit RawClient(std::uint16_t port, int receive_buffer_bytes = 0);
    ~RawClient();
    RawClient(RawClient const&) = delete;
    RawClient& operator=(RawClient const&) = delete;

    // False when the peer has closed the connection.
    bool send(std::string_view bytes);
    void end_sending();
    void abort();  // Closes with a reset.

    // The next answer; nothing when the connection ended before the answer was complete.
    std::optional<RawAnswer> read_answer(bool to_head = false);
    // The bytes that arrive until there are `bytes` of them or the connection ends.
    std::string read_bytes(std::size_t bytes);
    // Waits for the end. True when the peer closes the connection without sending anything more.
    bool closed();

private:
    bool receive();
    bool have_until(std::string_view mark);

    int socket_ = -1;
    std::string input_;
};

}  // namespace updraft::http
