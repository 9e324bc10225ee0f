// A wait ends at its deadline even when the peer always has one more byte ready.
#include "http/wire.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <optional>
#include <string_view>

namespace updraft::http {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;

// A wire and its peer in one thread; the sweep is called by the test.
class AWire : public testing::Test {
protected:
    AWire() {
        tcp::acceptor acceptor(io_, {asio::ip::address_v4::loopback(), 0});
        peer_.connect(acceptor.local_endpoint());
        ticker_.tick(Instant{});
        wire_.emplace(acceptor.accept(), tls_, ticker_, 1s);
    }

    void peer_sends(std::string_view bytes) { asio::write(peer_, asio::buffer(bytes)); }
    std::future<Wire::Read> read(Moment deadline) {
        return asio::co_spawn(io_, wire_->read_some(piece_.data(), piece_.size(), deadline),
                              asio::use_future);
    }
    // Runs until nothing is left that is ready.
    void run() {
        io_.restart();
        io_.poll();
    }

    asio::io_context io_;
    tcp::socket peer_{io_};
    Ticker ticker_{40ms};
    Wire::TlsContext tls_;
    std::optional<Wire> wire_;
    std::array<char, 16> piece_{};
};

TEST_F(AWire, ReadsNothingAfterTheDeadlineThoughBytesAreReady) {
    peer_sends("xy");
    auto late = read(ticker_.now() - 1);
    run();
    EXPECT_TRUE(std::get<0>(late.get()));
    EXPECT_TRUE(wire_->expired());

    auto timely = read(ticker_.now() + 1000);
    run();
    EXPECT_EQ(std::get<1>(timely.get()), 2U);
    EXPECT_FALSE(wire_->expired());
}

TEST_F(AWire, CutsAWaitThatGoesOnAfterItWasEnded) {
    auto waiting = read(ticker_.now());
    run();
    wire_->expire(ticker_.now());
    EXPECT_TRUE(wire_->expired());
    EXPECT_FALSE(wire_->is_cut());
    wire_->expire(ticker_.now());
    EXPECT_TRUE(wire_->is_cut());
    run();
    EXPECT_TRUE(std::get<0>(waiting.get()));
}

TEST_F(AWire, IsNotCutWhenTheWaitHasEnded) {
    auto ended = read(ticker_.now());
    run();
    wire_->expire(ticker_.now());
    run();
    EXPECT_TRUE(std::get<0>(ended.get()));
    wire_->settle();
    wire_->expire(ticker_.now());
    EXPECT_FALSE(wire_->is_cut());
}

}  // namespace
}  // namespace updraft::http
