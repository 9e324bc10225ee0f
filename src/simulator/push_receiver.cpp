#include "simulator/push_receiver.h"

#include <mutex>
#include <utility>

#include "http/listener.h"
#include "http/router.h"
#include "simulator/reception.h"

namespace updraft::simulator {

struct PushReceiver::Parts {
    std::function<void(std::string const&)> tell;
    std::mutex mutex;
    Secret push_secret;  // Under the mutex.
    http::Router router;
    std::unique_ptr<http::Listener> listener;
    std::string url;
};

namespace {

template <class Parts>
http::asio::awaitable<http::Reply> take(Parts& parts, http::Request const& request) {
    Secret push_secret;
    {
        std::scoped_lock const lock(parts.mutex);
        push_secret = parts.push_secret;
    }
    Field const field = [&request](std::string_view name) { return request.field(name); };
    auto reception = receive(field, request.body, push_secret);
    if (!reception.line.empty()) parts.tell(reception.line);
    http::Reply reply;
    reply.status = reception.status;
    reply.body = std::move(reception.answer);
    co_return reply;
}

}  // namespace

Result<std::unique_ptr<PushReceiver>> PushReceiver::open(
    Clock const& clock, IdSource& id_source, std::function<void(std::string const&)> tell) {
    auto parts = std::make_unique<Parts>();
    parts->tell = std::move(tell);
    http::Route route;
    route.method = http::Method::post;
    route.pattern = "/push";
    route.handler = [self = parts.get()](http::Request const& request) {
        return take(*self, request);
    };
    parts->router.add(std::move(route));
    http::ListenerSettings settings;
    settings.addresses.push_back({"127.0.0.1", 0});
    settings.threads = 1;
    settings.drain_timeout = Millis{1'000};
    TRY_ASSIGN(parts->listener,
               http::Listener::start(std::move(settings), parts->router, clock, id_source));
    parts->url = parts->listener->origins().front() + "/push";
    return std::unique_ptr<PushReceiver>(new PushReceiver(std::move(parts)));
}

PushReceiver::PushReceiver(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

// The listener is stopped first: its threads use the other parts.
PushReceiver::~PushReceiver() { parts_->listener->stop(); }

void PushReceiver::trust(Secret push_secret) {
    std::scoped_lock const lock(parts_->mutex);
    parts_->push_secret = std::move(push_secret);
}

std::string const& PushReceiver::url() const { return parts_->url; }

}  // namespace updraft::simulator
