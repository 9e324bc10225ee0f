#include "admin/rest_of_body.h"

namespace updraft::admin {

boost::asio::awaitable<http::Reply> after_body(http::Request const& request, http::Reply reply) {
    if (request.stream == nullptr) co_return reply;
    auto const announced = request.stream->announced_bytes();
    auto const hopeless = announced && *announced > unwanted_bytes_max;
    if (hopeless || request.field("Expect")) {
        reply.close = true;
        co_return reply;
    }
    for (std::size_t seen = 0; seen <= unwanted_bytes_max;) {
        auto const piece = co_await request.stream->next();
        if (!piece) break;
        if (piece->empty()) co_return reply;
        seen += piece->size();
    }
    reply.close = true;
    co_return reply;
}

}  // namespace updraft::admin
