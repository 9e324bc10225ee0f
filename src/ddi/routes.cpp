#include "ddi/routes.h"

#include "ddi/confirmation.h"
#include "ddi/deployment.h"
#include "ddi/download.h"
#include "ddi/feedback.h"
#include "ddi/identify.h"
#include "ddi/poll.h"
#include "ddi/reply.h"
#include "http/await_callback.h"

namespace updraft::ddi {
namespace {

using Answerer = http::asio::awaitable<http::Reply> (*)(Context&, http::Request const&);

// Whether requests count for the limit of each device (access/device_rate.h).
enum class Counting : std::uint8_t { counted, unlimited };

struct Row {
    http::Method method;
    std::string_view path;  // The part after device_path.
    Answerer answerer;
    Counting counting = Counting::counted;
};

constexpr std::string_view device_path = "/{tenant}/controller/v1/{controllerId}";

constexpr auto rows = std::to_array<Row>({
    {http::Method::get, "", poll},
    {http::Method::put, "/configData", config_data},
    {http::Method::get, "/deploymentBase/{actionId}", deployment_base},
    {http::Method::post, "/deploymentBase/{actionId}/feedback", deployment_feedback},
    {http::Method::get, "/installedBase/{actionId}", installed_base},
    {http::Method::get, "/cancelAction/{actionId}", cancel_action},
    {http::Method::post, "/cancelAction/{actionId}/feedback", cancel_feedback},
    {http::Method::get, "/confirmationBase", confirmation_base},
    {http::Method::get, "/confirmationBase/{actionId}", confirmation},
    {http::Method::post, "/confirmationBase/{actionId}/feedback", confirmation},
    {http::Method::post, "/confirmationBase/activateAutoConfirm", auto_confirm},
    {http::Method::post, "/confirmationBase/deactivateAutoConfirm", auto_confirm},
    {http::Method::get, "/softwaremodules/{moduleId}/artifacts", artifacts},
    {http::Method::get, "/softwaremodules/{moduleId}/artifacts/{fileName}", download,
     Counting::unlimited},
});

// The two spellings of the tenant that clients use. Errors of paths with another spelling have the
// format of paths without an edge when they come from no route.
constexpr auto edges = std::to_array<std::string_view>({"/DEFAULT", "/default"});

}  // namespace

void add_routes(http::Router& router, Context& context) {
    if (!context.settings.enabled) return;
    for (auto const& [method, path, answerer, counting] : rows) {
        http::Route route;
        route.method = method;
        route.pattern = std::string(device_path) + std::string(path);
        if (counting == Counting::unlimited) {
            route.handler = [&context, answerer = answerer](http::Request const& request) {
                return answerer(context, request);
            };
        } else {
            route.handler = [&context, answerer = answerer](http::Request const& request) {
                auto refused = over_rate(context, request);
                return refused ? http::answered(*std::move(refused)) : answerer(context, request);
            };
        }
        route.check = [&context](http::Request const& request) {
            return check_head(context, request);
        };
        route.review = [&context](http::Request const& request, http::Reply& reply) {
            slow_guessing(context, request, reply);
        };
        router.add(std::move(route));
    }
    for (auto const edge : edges) router.add_edge(std::string(edge), trouble);
}

}  // namespace updraft::ddi
