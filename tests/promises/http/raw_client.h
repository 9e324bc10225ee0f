// A client that sends exactly the bytes it is told to, and reads what comes back.
//
// Lives here: a TCP connection, and answers cut apart by Content-Length or chunks.
// Not here:   what is promised (the tests beside it).
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
    std::string body;  // Chunks put together.

    // The field's value, by lower-case name; empty when it is not there.
    [[nodiscard]] std::string field(std::string const& name) const;
};

// Waits at most ten seconds for anything; a test that needs longer has failed.
class RawClient {
public:
    explicit RawClient(std::uint16_t port, int receive_buffer_bytes = 0);
    ~RawClient();
    RawClient(RawClient const&) = delete;
    RawClient& operator=(RawClient const&) = delete;

    // False when the peer has closed.
    bool send(std::string_view bytes);
    void end_sending();
    void abort();  // Closes with a reset.

    // The next answer; nothing when the connection ended before it was complete.
    std::optional<RawAnswer> read_answer(bool to_head = false);
    // What arrives until `bytes` are there or the connection ended.
    std::string read_bytes(std::size_t bytes);
    // True when the peer closes and sends nothing more before.
    bool closed();

private:
    bool receive();
    bool have_until(std::string_view mark);

    int socket_ = -1;
    std::string input_;
};

}  // namespace updraft::http
