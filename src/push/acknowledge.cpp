#include "push/acknowledge.h"

#include "json/reader.h"
#include "push/delivery.h"
#include "text/clean_text.h"
#include "vocabulary/ascii.h"

namespace updraft::push {
namespace {

bool is_success(int status) { return status >= 200 && status <= 299; }

// The body without JSON's white space and byte order marks at both ends: frameworks write these
// also where an application answers nothing.
std::string_view bare(std::string_view body) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    for (auto before = body.size() + 1; body.size() < before;) {
        before = body.size();
        body = trimmed(body, " \t\r\n");
        if (body.starts_with(byte_order_mark)) body.remove_prefix(byte_order_mark.size());
        if (body.ends_with(byte_order_mark)) body.remove_suffix(byte_order_mark.size());
    }
    return body;
}

// True when `code` is the number 0 in any notation, or the text "0".
bool is_zero(json::Value const& code) {
    if (auto const* text = code.string()) return *text == "0";
    auto const* number = code.number();
    return number != nullptr && json::whole_of(*number) == 0;
}

std::optional<AttemptFault> attempt_fault(Receipt const& receipt) {
    switch (receipt.fault) {
        case PostFault::none:
            break;
        case PostFault::dns:
            return AttemptFault::dns;
        case PostFault::blocked:
            return AttemptFault::blocked;
        case PostFault::connect:
            return AttemptFault::connect;
        case PostFault::tls:
            return AttemptFault::tls;
        case PostFault::timeout:
            return AttemptFault::timeout;
        case PostFault::closed:
            return AttemptFault::closed;
        case PostFault::body:
            return AttemptFault::body;
    }
    if (!receipt.trouble.empty() || receipt.status == 0) return AttemptFault::closed;
    return std::nullopt;
}

// What an operator is told of a verification without an answer.
std::string_view sentence_of(AttemptFault fault) {
    switch (fault) {
        case AttemptFault::dns:
            return "the host name of the URL has no address";
        case AttemptFault::blocked:
            return "the address of the URL is not public, and [push] allow_networks does not list "
                   "it";
        case AttemptFault::connect:
            return "no connection to the receiver";
        case AttemptFault::tls:
            return "no TLS connection to the receiver: is its certificate valid for the host name?";
        case AttemptFault::timeout:
            return "no answer in time";
        case AttemptFault::body:
            return "the answer is longer than 64 KiB";
        case AttemptFault::closed:
        case AttemptFault::status:
        case AttemptFault::code:
            break;
    }
    return "the connection ended before an answer was complete";
}

}  // namespace

std::optional<AttemptFault> fault_of(Receipt const& receipt) {
    if (auto const fault = attempt_fault(receipt)) return fault;
    if (!is_success(receipt.status)) return AttemptFault::status;
    if (receipt.body_cut) return AttemptFault::body;
    auto const body = bare(receipt.body);
    if (body.empty()) return std::nullopt;
    auto const object = json::read_object(body);
    if (!object) return AttemptFault::body;
    auto const code = object->find("code");
    if (code && (*code == nullptr || is_zero(**code))) return std::nullopt;
    return AttemptFault::code;
}

bool acknowledged(Receipt const& receipt) { return !fault_of(receipt); }

std::string verification_fault(Receipt const& receipt, std::string_view echo) {
    if (auto const fault = attempt_fault(receipt)) return std::string(sentence_of(*fault));
    if (!is_success(receipt.status)) return "HTTP status " + std::to_string(receipt.status);
    if (receipt.body_cut) return std::string(sentence_of(AttemptFault::body));
    auto const object = json::read_object(bare(receipt.body));
    if (!object) return "the answer is not a JSON object";
    auto const code = object->find("code");
    if (!code || *code == nullptr || !is_zero(**code)) return "the answer's code is not 0";
    auto const result = object->find("result");
    auto const* text = result && *result != nullptr ? (*result)->string() : nullptr;
    if (text == nullptr || *text != echo) return "the answer's result is not the echostr";
    return {};
}

std::string answer_excerpt(Receipt const& receipt) {
    return text::clean_text(
        std::string_view(receipt.body).substr(0, answer_bytes_max),
        {.bytes_max = answer_bytes_max, .instead = '?', .kept = "\n", .not_utf8 = "?"});
}

}  // namespace updraft::push
