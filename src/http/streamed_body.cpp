#include "http/streamed_body.h"

#include <algorithm>

#include "http/limits.h"

namespace updraft::http {

StreamedBody::StreamedBody(Connection& connection, Head const& head)
    : connection_(connection),
      content_length_(head.content_length.value_or(0)),
      remaining_(content_length_),
      chunked_(head.chunked),
      continue_wanted_(head.expects_continue) {
    if (!chunked_ && remaining_ == 0) ending_ = Ending::complete;
}

std::uint64_t StreamedBody::announced_bytes() const {
    return chunked_ ? connection_.framing_.announced_bytes() : content_length_;
}

std::string_view StreamedBody::trailer_names() const {
    return connection_.framing_.trailer_names();
}

asio::awaitable<Result<std::string_view>> StreamedBody::next() {
    auto& input = connection_.input_;
    auto& wire = connection_.wire_;
    auto const head_bytes = connection_.framing_.head_bytes();
    if (!input_taken_) {
        input_taken_ = true;
        auto const behind_head = input.view().substr(head_bytes);
        auto const content = content_of(behind_head, true);
        if (!content.empty()) co_return content;
    }
    while (ending_ == Ending::open) {
        if (announced_bytes() > bytes_max_) {
            co_return fail(Errc::too_large,
                           "the body is larger than " + std::to_string(bytes_max_) + " bytes");
        }
        if (continue_wanted_) {
            continue_wanted_ = false;
            if (!co_await connection_.say_continue()) {
                ending_ = Ending::gone;
                break;
            }
        }
        if (!connection_.flush_at_once() && !co_await connection_.flush()) {
            ending_ = Ending::gone;
            break;
        }
        if (!piece_) {
            piece_bytes_ = deadline_ ? body_step_bytes : read_piece_bytes;
            piece_.reset(new char[piece_bytes_]);
        }
        auto const wanted =
            chunked_ ? piece_bytes_
                     : static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, piece_bytes_));
        auto const& lane = connection_.lane_;
        auto const deadline =
            deadline_.value_or(lane.ticker.in(lane.ground.settings.transfer_stall));
        auto const [trouble, count] = co_await wire.read_some(piece_.get(), wanted, deadline);
        wire.settle();
        if (trouble) {
            ending_ = wire.expired() && !wire.is_cut() ? Ending::late : Ending::gone;
            break;
        }
        std::string_view const arrived(piece_.get(), count);
        auto const content = content_of(arrived, false);
        if (!content.empty()) co_return content;
    }
    switch (ending_) {
        case Ending::late:
            co_return fail(Errc::too_many, "no byte of the body moved for too long");
        case Ending::gone:
            co_return fail(Errc::invalid, "the peer broke off in the middle of the body");
        case Ending::malformed:
            co_return fail(Errc::invalid, connection_.framing_.refusal().detail);
        case Ending::open:
        case Ending::complete:
            break;
    }
    co_return std::string_view{};
}

asio::awaitable<bool> StreamedBody::drop(std::uint64_t bytes_max) {
    bytes_max_ = received_ + std::min(bytes_max, UINT64_MAX - received_);
    auto const& lane = connection_.lane_;
    deadline_ = lane.ticker.in(lane.ground.settings.body_timeout);
    while (ending_ == Ending::open && announced_bytes() <= bytes_max_) {
        auto const piece = co_await next();
        if (!piece) break;
    }
    co_return ending_ == Ending::complete;
}

void StreamedBody::take_arrived() {
    auto const arrived = connection_.input_.view().size() - connection_.framing_.head_bytes();
    if (ending_ != Ending::open || input_taken_ || chunked_ || arrived < remaining_) return;
    used_of_input_ = static_cast<std::size_t>(remaining_);
    remaining_ = 0;
    ending_ = Ending::complete;
}

std::string_view StreamedBody::content_of(std::string_view arrived, bool from_input) {
    if (chunked_) return decode(arrived, from_input);
    auto const content = arrived.substr(0, std::min<std::uint64_t>(remaining_, arrived.size()));
    remaining_ -= content.size();
    received_ += content.size();
    if (remaining_ == 0) ending_ = Ending::complete;
    if (from_input) used_of_input_ = content.size();
    return content;
}

std::string_view StreamedBody::decode(std::string_view arrived, bool from_input) {
    content_.clear();
    auto const decoded = connection_.framing_.read_chunks(arrived, content_);
    if (decoded.progress == Progress::refused) {
        ending_ = Ending::malformed;
        return {};
    }
    if (decoded.progress == Progress::done) ending_ = Ending::complete;
    if (from_input) {
        used_of_input_ = decoded.used;
    } else {
        beyond_ = arrived.substr(decoded.used);
    }
    received_ += content_.size();
    return content_;
}

}  // namespace updraft::http
