#include "admin/routes.h"

#include <array>
#include <optional>
#include <variant>

#include "access/role.h"
#include "admin/admit.h"
#include "admin/apps.h"
#include "admin/audit.h"
#include "admin/credentials.h"
#include "admin/devices.h"
#include "admin/firmware.h"
#include "admin/grants.h"
#include "admin/health.h"
#include "admin/holds.h"
#include "admin/import.h"
#include "admin/operators.h"
#include "admin/policies.h"
#include "admin/problem.h"
#include "admin/push_test.h"
#include "admin/pushes.h"
#include "admin/query.h"
#include "admin/reading.h"
#include "admin/rollouts.h"
#include "admin/session.h"
#include "admin/system.h"
#include "admin/upgrades.h"

namespace updraft::admin {
namespace {

using Reading = asio::awaitable<Reply> (*)(Context&, Request const&);
using Writing = asio::awaitable<Reply> (*)(Context&, Request const&, Actor const&);
using WritingJson = asio::awaitable<Reply> (*)(Context&, Request const&, Actor const&,
                                               json::Object);
using Personal = asio::awaitable<Reply> (*)(Context&, Request const&, Admitted const&);
using access::Role;
using staging::Act;
using enum http::Method;

struct RouteRow {
    http::Method method;
    std::string_view path;
    std::string_view operation;  // Its operationId in /openapi.json, and its action in the audit.
    std::optional<Role> role;    // The least role; nothing: anybody.
    std::variant<Reading, Writing, WritingJson, Personal> verb;
    http::BodyMode body = http::BodyMode::whole;
};

// These calls need an operator's token or session.
constexpr auto guarded_lines = std::to_array<RouteRow>({
    {post, "/admin/v1/apps", "createApp", Role::admin, create_app},
    {get, "/admin/v1/apps", "listApps", Role::viewer, list_apps},
    {get, "/admin/v1/apps/{appid}", "showApp", Role::viewer, show_app},
    {patch, "/admin/v1/apps/{appid}", "changeApp", Role::admin, change_app},
    {del, "/admin/v1/apps/{appid}", "removeApp", Role::admin, remove_app},
    {post, "/admin/v1/apps/{appid}/rotate", "rotateApp", Role::admin, rotate_app},
    {post, "/admin/v1/apps/{appid}/push/verify", "verifyPushUrl", Role::support, verify_app},
    {post, "/admin/v1/apps/{appid}/push/test", "testPush", Role::support, test_push},
    {post, "/admin/v1/apps/{appid}/push/replay", "replayPushes", Role::support, replay_app},
    {post, "/admin/v1/apps/{appid}/grants", "createGrant", Role::admin, create_grant},
    {get, "/admin/v1/apps/{appid}/grants", "listGrants", Role::viewer, list_grants},
    {del, "/admin/v1/apps/{appid}/grants/{openId}", "removeGrant", Role::admin, remove_grant},
    {post, "/admin/v1/authorizations", "authorize", Role::admin, authorize},
    {get, "/admin/v1/devices", "listDevices", Role::viewer, list_devices},
    {post, "/admin/v1/devices/import", "importDevices", Role::releaser, import_devices,
     http::BodyMode::streamed},
    {put, "/admin/v1/devices/{did}", "putDevice", Role::releaser, put_device},
    {patch, "/admin/v1/devices/{did}", "changeDevice", Role::releaser, change_device},
    {get, "/admin/v1/devices/{did}", "showDevice", Role::viewer, show_device},
    {del, "/admin/v1/devices/{did}", "removeDevice", Role::releaser, remove_device},
    {get, "/admin/v1/devices/{did}/timeline", "showDeviceTimeline", Role::viewer,
     show_device_timeline},
    {get, "/admin/v1/devices/{did}/policy", "showDevicePolicy", Role::viewer, show_device_policy},
    {put, "/admin/v1/devices/{did}/policy", "setDevicePolicy", Role::support, set_device_policy},
    {get, "/admin/v1/users/{openId}/policy", "showUserPolicy", Role::viewer, show_user_policy},
    {put, "/admin/v1/users/{openId}/policy", "setUserPolicy", Role::support, set_user_policy},
    {get, "/admin/v1/devices/{did}/why", "explainDevice", Role::viewer, explain_device},
    {post, "/admin/v1/devices/{did}/refresh", "refreshDevice", Role::support, refresh_device},
    {post, "/admin/v1/devices/{did}/token", "renewDeviceToken", Role::releaser, renew_device_token},
    {get, "/admin/v1/models", "listModels", Role::viewer, list_models},
    {get, "/admin/v1/models/{deviceModel}", "showModel", Role::viewer, show_model},
    {put, "/admin/v1/models/{deviceModel}", "putModel", Role::releaser, put_model},
    {patch, "/admin/v1/models/{deviceModel}", "changeModel", Role::releaser, change_model},
    {post, "/admin/v1/firmware", "draftFirmware", Role::releaser, draft_firmware},
    {get, "/admin/v1/firmware", "listFirmware", Role::viewer, list_firmware},
    {get, "/admin/v1/firmware/{id}", "showFirmware", Role::viewer, show_firmware},
    {patch, "/admin/v1/firmware/{id}", "changeFirmware", Role::releaser, change_firmware},
    {del, "/admin/v1/firmware/{id}", "discardFirmware", Role::releaser, discard_firmware},
    {put, "/admin/v1/firmware/{id}/file", "uploadFirmwareFile", Role::releaser,
     receive_firmware_file, http::BodyMode::streamed},
    {post, "/admin/v1/firmware/{id}/release", "releaseFirmware", Role::releaser, release_firmware},
    {post, "/admin/v1/firmware/{id}/withdraw", "withdrawFirmware", Role::releaser,
     withdraw_firmware},
    {get, "/admin/v1/upgrades", "listUpgrades", Role::viewer, list_upgrades},
    {get, "/admin/v1/upgrades/{id}", "showUpgrade", Role::viewer, show_upgrade},
    {post, "/admin/v1/upgrades/{id}/cancel", "cancelUpgrade", Role::support, cancel_upgrade},
    {post, "/admin/v1/orders/{orderId}/cancel", "cancelOrder", Role::support, cancel_order},
    {post, "/admin/v1/holds", "placeHold", Role::support, place_hold},
    {get, "/admin/v1/holds", "listHolds", Role::viewer, list_holds},
    {del, "/admin/v1/holds/{id}", "liftHold", Role::releaser, lift_hold},
    {post, "/admin/v1/orders", "createOrder", Role::support, create_order},
    {get, "/admin/v1/orders", "listOrders", Role::viewer, list_orders},
    {get, "/admin/v1/orders/{orderId}", "showOrder", Role::viewer, show_order},
    {post, "/admin/v1/rollouts", "createRollout", Role::releaser, create_rollout},
    {get, "/admin/v1/rollouts", "listRollouts", Role::viewer, list_rollouts},
    {post, "/admin/v1/rollouts/preview", "previewRollout", Role::viewer, preview_rollout},
    {get, "/admin/v1/rollouts/{id}", "showRollout", Role::viewer, show_rollout},
    {patch, "/admin/v1/rollouts/{id}", "changeRollout", Role::releaser, change_rollout},
    {del, "/admin/v1/rollouts/{id}", "removeRollout", Role::releaser, remove_rollout},
    {post, "/admin/v1/rollouts/{id}/submit", "submitRollout", Role::releaser,
     move_rollout_by<Act::submit>},
    {post, "/admin/v1/rollouts/{id}/approve", "approveRollout", Role::releaser,
     move_rollout_by<Act::approve>},
    {post, "/admin/v1/rollouts/{id}/deny", "denyRollout", Role::releaser,
     move_rollout_by<Act::deny>},
    {post, "/admin/v1/rollouts/{id}/start", "startRollout", Role::releaser,
     move_rollout_by<Act::start>},
    {post, "/admin/v1/rollouts/{id}/pause", "pauseRollout", Role::support,
     move_rollout_by<Act::pause>},
    {post, "/admin/v1/rollouts/{id}/resume", "resumeRollout", Role::releaser,
     move_rollout_by<Act::resume>},
    {post, "/admin/v1/rollouts/{id}/stop", "stopRollout", Role::releaser,
     move_rollout_by<Act::stop>},
    {post, "/admin/v1/rollouts/{id}/next-wave", "openNextWave", Role::releaser,
     move_rollout_by<Act::next_wave>},
    {get, "/admin/v1/rollouts/{id}/preview", "previewOfRollout", Role::viewer, preview_of_rollout},
    {get, "/admin/v1/rollouts/{id}/devices", "listRolloutDevices", Role::viewer,
     list_rollout_devices},
    {get, "/admin/v1/rollouts/{id}/timeline", "showRolloutTimeline", Role::viewer,
     show_rollout_timeline},
    {get, "/admin/v1/pushes", "listPushes", Role::viewer, list_pushes},
    {get, "/admin/v1/pushes/{webhookId}", "showPush", Role::viewer, show_push},
    {post, "/admin/v1/pushes/{webhookId}/replay", "replayPush", Role::support, replay_push},
    {get, "/admin/v1/me", "showMe", Role::viewer, show_me},
    {del, "/admin/v1/session", "signOut", Role::viewer, sign_out},
    {post, "/admin/v1/operators", "createOperator", Role::admin, create_operator},
    {get, "/admin/v1/operators", "listOperators", Role::viewer, list_operators},
    {get, "/admin/v1/operators/{name}", "showOperator", Role::viewer, show_operator},
    {patch, "/admin/v1/operators/{name}", "changeOperator", Role::admin, change_operator},
    {del, "/admin/v1/operators/{name}", "removeOperator", Role::admin, remove_operator},
    // One's own tokens; those of others need the role admin.
    {post, "/admin/v1/operators/{name}/tokens", "createOperatorToken", Role::viewer,
     create_operator_token},
    {get, "/admin/v1/operators/{name}/tokens", "listOperatorTokens", Role::viewer,
     list_operator_tokens},
    {del, "/admin/v1/operators/{name}/tokens/{id}", "removeOperatorToken", Role::viewer,
     remove_operator_token},
    {get, "/admin/v1/audit", "listAudit", Role::viewer, list_audit},
    {get, "/admin/v1/system", "showSystem", Role::viewer, show_system},
});
constexpr RouteRow metrics_line{get, "/metrics", "metrics", Role::viewer, metrics};

// These calls need no token.
constexpr RouteRow openapi_line{get, "/openapi.json", "openapi", {}, openapi};
constexpr auto health_lines = std::to_array<RouteRow>({
    {get, "/healthz", "healthz", {}, healthz},
    {get, "/readyz", "readyz", {}, readyz},
});
constexpr RouteRow sign_in_line{post, "/admin/v1/session", "signIn", {}, sign_in};

asio::awaitable<Reply> answer(Context& context, Request const& request, RouteRow const* line,
                              Admitted const& caller) {
    if (auto const* const reading = std::get_if<Reading>(&line->verb)) {
        co_return co_await (*reading)(context, request);
    }
    if (auto const* const personal = std::get_if<Personal>(&line->verb)) {
        co_return co_await (*personal)(context, request, caller);
    }
    if (auto const* const writing = std::get_if<Writing>(&line->verb)) {
        co_return co_await (*writing)(context, request, caller.actor);
    }
    auto body = read_body(request);
    if (!body) co_return std::move(body).error();
    auto object = *std::move(body);
    co_return co_await std::get<WritingJson>(line->verb)(context, request, caller.actor,
                                                         std::move(object));
}

// After the role, before the body.
Result<void> check_query_of(RouteRow const& line, Request const& request) {
    return check_query(request.query, parameters_of(line.operation));
}

asio::awaitable<Reply> unguarded(Context& context, Request const& request, RouteRow const* line) {
    auto const query = check_query_of(*line, request);
    if (!query) co_return failure(context, request, query.error());
    co_return co_await std::get<Reading>(line->verb)(context, request);
}

CallNeeds needs_of(RouteRow const& line) {
    return {.operation = line.operation, .role = line.role.value_or(Role::viewer)};
}

// A streamed body is not read when the call is refused.
asio::awaitable<Reply> guarded(Context& context, Request const& request, RouteRow const* line) {
    auto const needed = needs_of(*line);
    auto caller = co_await admit(context, request, needed);
    if (!caller) co_return std::move(caller).error();
    auto const query = check_query_of(*line, request);
    if (!query) co_return failure(context, request, query.error());
    auto reply = co_await answer(context, request, line, *caller);
    // The path or the body asked for more than the least role allows.
    if (reply.status == 403) {
        auto actor = caller->actor;
        std::string reason = "a part of the request needs a higher role";
        co_await record_refusal(context, std::move(actor), std::move(reason));
    }
    co_return reply;
}

// The same before a body is read whole.
asio::awaitable<std::optional<Reply>> check_head(Context& context, Request const& request,
                                                 RouteRow const* line) {
    auto const needed = needs_of(*line);
    auto caller = co_await admit(context, request, needed);
    if (!caller) co_return std::move(caller).error();
    co_return std::nullopt;
}

// Counts refused credentials, which delays the reply when there were many.
void slow_guessing(Context const& context, Request const& request, Reply& reply) {
    if (reply.status != 401) return;
    auto const none = presented_in(request).kind == CredentialKind::none;
    auto const reason = none ? access::Refused::missing : access::Refused::token;
    reply.delay = context.guessing.refused(access::Door::admin, reason, request.client_address(),
                                           context.clock.now());
}

void add(http::Router& router, Context& context, RouteRow const& line,
         asio::awaitable<Reply> (*how)(Context&, Request const&, RouteRow const*)) {
    http::Route route;
    route.method = line.method;
    route.pattern = line.path;
    route.handler = [&context, &line, how](Request const& request) {
        return how(context, request, &line);
    };
    route.body_bytes_max = how == guarded ? body_bytes_max : sign_in_body_bytes_max;
    route.body = line.body;
    if (how == guarded) {
        route.check = [&context, &line](Request const& request) {
            return check_head(context, request, &line);
        };
    }
    route.review = [&context](Request const& request, Reply& reply) {
        slow_guessing(context, request, reply);
    };
    router.add(std::move(route));
}

}  // namespace

void add_routes(http::Router& router, Context& context) {
    for (auto const* path : {"/admin", "/metrics", "/openapi.json"}) {
        router.add_edge(path, trouble_reply);
    }
    for (auto const& line : guarded_lines) add(router, context, line, guarded);
    add(router, context, openapi_line, unguarded);
    if (context.settings.sessions_here) add(router, context, sign_in_line, unguarded);
    if (context.settings.metrics_here) add(router, context, metrics_line, guarded);
}

void add_health(http::Router& router, Context& context) {
    for (auto const& line : health_lines) {
        router.add_edge(std::string(line.path), trouble_reply);
        add(router, context, line, unguarded);
    }
}

void add_open_metrics(http::Router& router, Context& context) {
    router.add_edge("/", trouble_reply);
    add(router, context, metrics_line, unguarded);
}

}  // namespace updraft::admin
