// Finds the beginning and end of each request in a stream of bytes. Pure. It is stricter than HTTP
// requires, so that a proxy in front of the server cannot have understood the bytes differently.
//
// Lives here: the request head as values, decoding of chunked bodies, and all framing errors.
//
// Not here:   sockets (http/wire.h), which path exists (http/router.h).
#pragma once

#include <llhttp.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/words.h"

namespace updraft::http {

// A framing error. The connection is closed after it is answered.
struct Refusal {
    int status = 0;  // 400, 414 or 431.
    std::string detail;
};

// A complete head. The views point into the bytes given to Framing::head().
struct Head {
    Method method = Method::other;
    std::string_view target;
    std::string_view path;
    std::string_view query;
    std::optional<std::string_view> request_id;  // X-Request-Id, if it is valid.
    std::optional<std::string_view> content_encoding;
    std::optional<std::uint64_t> content_length;
    int minor_version = 1;
    bool chunked = false;
    bool keep_alive = true;
    bool expects_continue = false;

    [[nodiscard]] bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

enum class Progress : std::uint8_t { more, done, refused };

// Reads the requests of one connection, one after the other. Not movable: the parser points to it.
class Framing {
public:
    // A request that has one of `identity_fields` twice is refused: a proxy might use the other
    // value. At most identity_fields_max are checked; names in lower case; they must outlive this
    // object.
    explicit Framing(std::span<std::string_view const> identity_fields);
    Framing(Framing const&) = delete;
    Framing& operator=(Framing const&) = delete;

    // Resets the state: the next bytes are the beginning of a request.
    void begin();

    // `bytes` is everything that has arrived of the request, from its first byte; the bytes may
    // have moved in memory since the last call. `done`: the head is complete and has head_bytes()
    // bytes; head() and fields() may be called. `refused`: refusal() is the reason.
    Progress read_head(std::string_view bytes);
    [[nodiscard]] std::size_t head_bytes() const { return head_bytes_; }
    // False until the first byte of the request line has arrived; empty lines before it do not
    // count.
    [[nodiscard]] bool begun() const { return method_seen_; }

    // The head as values: views into `bytes`, which must begin with the head.
    [[nodiscard]] Head head(std::string_view bytes) const;
    void fields(std::string_view bytes, std::vector<Field>& into) const;
    // The X-Request-Id of a refused head, if it is valid and was read before the error.
    [[nodiscard]] std::optional<std::string_view> request_id_of_refused(
        std::string_view bytes) const;

    struct Decoded {
        Progress progress = Progress::more;
        std::size_t used = 0;  // Bytes of the input that belong to this body.
    };
    // For the body after a head with `chunked`: decodes `bytes` and appends the content to
    // `content`. Uses all bytes unless the body ends before. Trailers are dropped.
    Decoded read_chunks(std::string_view bytes, std::string& content);
    // The bytes that a chunked body has at least: its content up to the end of the current chunk,
    // by the chunk's size line. UINT64_MAX when the sum is larger.
    [[nodiscard]] std::uint64_t announced_bytes() const { return announced_bytes_; }

    // The names of the fields in the trailer of a chunked body that has ended, each after a '\n'.
    [[nodiscard]] std::string_view trailer_names() const { return trailer_names_; }

    [[nodiscard]] Refusal const& refusal() const { return refusal_; }

private:
    // A part of the request as offsets, because the buffer may move.
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
    [[nodiscard]] std::string_view value_of(int index, std::string_view bytes) const;
    Progress check_head(std::string_view bytes);
    Progress check_lines(std::string_view head);
    Progress check_fields(std::string_view bytes);
    Progress check_body_framing(std::string_view bytes);
    Progress check_target(std::string_view bytes);

    llhttp_t parser_;
    std::span<std::string_view const> identity_fields_;
    char const* base_ = nullptr;  // Of the bytes being parsed.
    std::size_t parsed_ = 0;      // Bytes of the head seen by the parser.
    std::size_t head_bytes_ = 0;
    Stretch target_;
    std::vector<NamedStretch> fields_;
    Span last_span_ = Span::none;
    bool method_seen_ = false;
    bool head_done_ = false;
    bool message_done_ = false;
    std::size_t chunk_line_bytes_ = 0;  // Of the extensions of the current chunk.
    std::size_t trailer_bytes_ = 0;
    std::string trailer_names_;
    std::uint64_t raw_body_bytes_ = 0;
    std::uint64_t content_bytes_ = 0;
    std::uint64_t announced_bytes_ = 0;
    std::string* content_ = nullptr;  // read_chunks() appends to it.
    // Indexes into fields_; -1: the head has no such field.
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
