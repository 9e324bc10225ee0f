#include "app/process/service_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>

namespace updraft::app {
namespace {

using testing::HasSubstr;

// A datagram socket with an abstract name, as a service manager has one.
class ServiceManagerTold : public testing::Test {
protected:
    void SetUp() override {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(&address.sun_path[1], name_.data(), name_.size());
        auto const size = static_cast<socklen_t>(sizeof address.sun_family + 1 + name_.size());
        auto* generic = static_cast<sockaddr*>(static_cast<void*>(&address));
        ASSERT_EQ(::bind(socket_, generic, size), 0);
        setenv("NOTIFY_SOCKET", ("@" + name_).c_str(), 1);
    }
    ~ServiceManagerTold() override {
        ::close(socket_);
        for (auto const* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
    }
    [[nodiscard]] std::string next_message() const {
        std::array<char, 256> piece{};
        auto const got = ::recv(socket_, piece.data(), piece.size(), MSG_DONTWAIT);
        return got < 0 ? "nothing" : std::string(piece.data(), static_cast<std::size_t>(got));
    }

    std::string name_ = "updraft-test-" + std::to_string(::getpid());
    int socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

TEST_F(ServiceManagerTold, GetsOneDatagramForEachMessage) {
    auto const manager = ServiceManager::of_environment();
    ASSERT_TRUE(manager.tell("READY=1"));
    ASSERT_TRUE(manager.tell("STOPPING=1\nSTATUS=x"));
    EXPECT_EQ(next_message(), "READY=1");
    EXPECT_EQ(next_message(), "STOPPING=1\nSTATUS=x");
    EXPECT_EQ(next_message(), "nothing");
    EXPECT_THAT(reloading_message(), testing::MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
}

TEST_F(ServiceManagerTold, ThatCannotBeReachedIsAnError) {
    for (auto const& where :
         {std::string("/nowhere/socket"), std::string("relative"), "/" + std::string(200, 'x')}) {
        setenv("NOTIFY_SOCKET", where.c_str(), 1);
        auto const told = ServiceManager::of_environment().tell("READY=1");
        EXPECT_THAT(told.error().detail, HasSubstr("NOTIFY_SOCKET")) << where;
    }
    unsetenv("NOTIFY_SOCKET");
    EXPECT_TRUE(ServiceManager::of_environment().tell("READY=1"));
}

TEST_F(ServiceManagerTold, WatchesOnlyTheProcessThatItNames) {
    setenv("WATCHDOG_USEC", "3000000", 1);
    EXPECT_EQ(ServiceManager::of_environment().watchdog(), std::chrono::seconds{3});
    setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    EXPECT_EQ(ServiceManager::of_environment().watchdog(), std::chrono::seconds{3});
    setenv("WATCHDOG_PID", "1", 1);
    EXPECT_EQ(ServiceManager::of_environment().watchdog(), std::nullopt);
    unsetenv("WATCHDOG_PID");
    setenv("WATCHDOG_USEC", "soon", 1);
    EXPECT_EQ(ServiceManager::of_environment().watchdog(), std::nullopt);
}

}  // namespace
}  // namespace updraft::app
