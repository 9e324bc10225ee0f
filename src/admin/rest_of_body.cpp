#include "admin/rest_of_body.h"

namespace updraft::admin {

boost::asio::awaitable<http::Reply> after_body(http::Request const& request, http::Reply reply) {
    if (request.stream == nullptr || reply.close) co_return reply;
    bool const unwanted = request.field("Expect").has_value();
    bool const ended = !unwanted && co_await request.stream->drop(unwanted_bytes_max);
    if (!ended) reply.close = true;
    co_return reply;
}

}  // namespace updraft::admin
