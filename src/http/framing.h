// Where a request begins and ends in a stream of bytes, read so strictly that nobody in front of us
// can have read it differently.
//
// Lives here: the request head as values, decoding of chunked bodies, and every refusal of framing.
// Not here:   sockets (http/wire), which path exists (http/router). Pure: bytes in, values out.
#pragma once

#include <llhttp.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/words.h"

namespace updraft::http {

// Why the bytes are refused; the connection is closed after the answer.
struct Refusal {
    int status = 0;  // 400, 414 or 431.
    std::string detail;
};

// A complete head. Views point into the bytes given to view().
struct Head {
    Method method = Method::other;
    std::string_view target;
    std::string_view path;
    std::string_view query;
    std::optional<std::string_view> request_id;  // When it may be taken over (G4).
    std::optional<std::string_view> content_encoding;
    std::optional<std::uint64_t> content_length;
    int minor_version = 1;
    bool chunked = false;
    bool keep_alive = true;
    bool expects_continue = false;

    [[nodiscard]] bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

enum class Progress : std::uint8_t { more, done, refused };

// Reads one message after the other on one connection. Not movable: the parser points back.
class Framing {
public:
    Framing();
    Framing(Framing const&) = delete;
    Framing& operator=(Framing const&) = delete;

    // Forgets the last message: the next bytes begin a new one.
    void begin();

    // `bytes` is all that has arrived of the message so far, from its first byte; it may have been
    // moved in memory since the last call. `done`: head_bytes() of it are the head, and head() and
    // fields() may be asked. `refused`: refusal() says why.
    Progress read_head(std::string_view bytes);
    [[nodiscard]] std::size_t head_bytes() const { return head_bytes_; }
    // False while not a byte of the request line has come (empty lines before it do not count).
    [[nodiscard]] bool begun() const { return method_seen_; }

    // The head as values: views into `bytes`, which holds the head at its front.
    [[nodiscard]] Head head(std::string_view bytes) const;
    void fields(std::string_view bytes, std::vector<Field>& into) const;
    // The X-Request-Id of a head that was refused, when it came before the fault and is usable.
    [[nodiscard]] std::optional<std::string_view> request_id_of_refused(
        std::string_view bytes) const;

    struct Decoded {
        Progress progress = Progress::more;
        std::size_t used = 0;  // Of the bytes given.
    };
    // After a head with `chunked`: appends the content found in `bytes` (all of it is used unless
    // the body ends in it) to `content`. Trailers are dropped.
    Decoded read_chunks(std::string_view bytes, std::string& content);

    [[nodiscard]] Refusal const& refusal() const { return refusal_; }

private:
    // A stretch of the message, as offsets: the buffer may move.
    struct Stretch {
        std::uint32_t begin = 0;
        std::uint32_t size = 0;

        [[nodiscard]] std::string_view in(std::string_view bytes) const {
            return bytes.substr(begin, size);
        }
    };
    struct NamedStretch {
        Stretch name;
        Stretch value;
    };
    enum class Span : std::uint8_t { none, target, name, value };
    struct Callbacks;

    void extend(Stretch& stretch, char const* at, std::size_t size, bool fresh) const;
    Progress refuse(int status, std::string detail);
    Progress check_head(std::string_view bytes);
    Progress check_lines(std::string_view head);
    Progress check_fields(std::string_view bytes);
    Progress check_body_framing(std::string_view bytes);
    Progress check_target(std::string_view bytes);

    llhttp_t parser_;
    char const* base_ = nullptr;  // Of the bytes being parsed.
    std::size_t parsed_ = 0;      // Bytes of the head seen by the parser.
    std::size_t head_bytes_ = 0;
    Stretch target_;
    std::vector<NamedStretch> fields_;
    Span last_span_ = Span::none;
    bool method_seen_ = false;
    bool head_done_ = false;
    bool message_done_ = false;
    std::size_t chunk_line_bytes_ = 0;  // Extensions of the current chunk.
    std::size_t trailer_bytes_ = 0;
    std::uint64_t raw_body_bytes_ = 0;
    std::uint64_t content_bytes_ = 0;
    std::string* content_ = nullptr;  // Where read_chunks puts content.
    // What check_fields found, as indexes into fields_; -1: not there.
    int host_ = -1;
    int request_id_ = -1;
    int content_encoding_ = -1;
    int content_length_field_ = -1;
    int transfer_encoding_ = -1;
    bool expects_continue_ = false;
    std::optional<std::uint64_t> content_length_;
    Refusal refusal_;
};

}  // namespace updraft::http
