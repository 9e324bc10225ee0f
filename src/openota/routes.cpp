#include "openota/routes.h"

#include <array>

#include "openota/access_token.h"
#include "openota/account.h"
#include "openota/history.h"
#include "openota/identify.h"
#include "openota/order.h"
#include "openota/policy.h"
#include "openota/query.h"
#include "openota/reply.h"

namespace updraft::openota {
namespace {

using Answerer = http::asio::awaitable<http::Reply> (*)(Context&, http::Request const&);

struct RouteRow {
    std::string_view path;
    Answerer answerer;
};

constexpr auto rows = std::to_array<RouteRow>({
    {"/open/ota/query/firmware", query_all},
    {"/open/ota/query/firmware/selected", query_one},
    {"/open/ota/upgrade/firmware", order_all},
    {"/open/ota/upgrade/firmware/selected", order_one},
    {"/open/ota/query/firmware/upgrade/history", history},
    {"/open/ota/query/upgrade", running},
    {"/open/ota/upgrade/cancel", cancel},
    {"/open/ota/query/policy", query_policy},
    {"/open/ota/set/policy", set_policy},
    {"/open/account/access/get", access_get},
    {"/open/account/access/refresh", access_refresh},
    {access_token_path, access_token},
});

}  // namespace

void add_routes(http::Router& router, Context& context) {
    for (auto const& [path, answerer] : rows) {
        http::Route route;
        route.method = http::Method::post;
        route.pattern = std::string(path);
        route.handler = [&context, answerer = answerer](http::Request const& request) {
            return answerer(context, request);
        };
        // The form of /access_token holds the client's keys, so its head says nothing.
        if (path != access_token_path) {
            route.check = [&context](http::Request const& request) {
                return check_head(context, request);
            };
        }
        router.add(std::move(route));
    }
    router.add_edge("/open", trouble);
    router.add_edge(std::string(access_token_path), access_token_trouble);
}

}  // namespace updraft::openota
