#include "app/process/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <system_error>

#include "text/whole_number.h"

namespace updraft::app {
namespace {

std::string variable(char const* name) {
    auto const* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

}  // namespace

ServiceManager ServiceManager::of_environment() {
    ServiceManager manager;
    manager.socket_ = variable("NOTIFY_SOCKET");
    auto const pid = variable("WATCHDOG_PID");
    auto const microseconds = text::read_digits(variable("WATCHDOG_USEC")).value_or(0);
    auto const is_ours = pid.empty() || pid == std::to_string(::getpid());
    if (is_ours && microseconds > 0) manager.watchdog_ = Millis{microseconds / 1000};
    return manager;
}

Result<void> ServiceManager::tell(std::string_view message) const {
    if (socket_.empty()) return {};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto const is_known = socket_.front() == '/' || socket_.front() == '@';
    if (!is_known || socket_.size() >= sizeof address.sun_path) {
        return fail(Errc::unavailable, "NOTIFY_SOCKET is neither a path nor an abstract name");
    }
    std::ranges::copy(socket_, &address.sun_path[0]);
    if (socket_.front() == '@') address.sun_path[0] = '\0';
    auto const size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    auto const socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    auto sent = ssize_t{-1};
    if (socket >= 0) {
        auto const* const to = static_cast<sockaddr const*>(static_cast<void const*>(&address));
        sent = ::sendto(socket, message.data(), message.size(), MSG_NOSIGNAL, to, size);
    }
    auto const error = errno;
    if (socket >= 0) ::close(socket);
    if (sent >= 0) return {};
    return fail(Errc::unavailable,
                "NOTIFY_SOCKET cannot be reached: " + std::generic_category().message(error));
}

std::string reloading_message() {
    auto const now = std::chrono::steady_clock::now().time_since_epoch();
    auto const microseconds = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    return "RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds);
}

}  // namespace updraft::app
