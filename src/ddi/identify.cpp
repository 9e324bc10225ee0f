#include "ddi/identify.h"

#include "ddi/reply.h"
#include "ddi/wording.h"
#include "http/limits.h"
#include "http/on_store.h"
#include "text/percent.h"
#include "vocabulary/ascii.h"

namespace updraft::ddi {
namespace {

constexpr std::string_view tenant = "default";
constexpr std::string_view target_scheme = "TargetToken";
constexpr std::string_view gateway_scheme = "GatewayToken";

// The text after "<scheme> "; nothing when the scheme is another one or the rest is empty.
std::optional<std::string_view> after_scheme(std::string_view text, std::string_view scheme) {
    if (text.size() <= scheme.size() || text[scheme.size()] != ' ') return std::nullopt;
    if (!same_name(text.substr(0, scheme.size()), scheme)) return std::nullopt;
    auto const start = text.find_first_not_of(' ', scheme.size());
    if (start == std::string_view::npos) return std::nullopt;
    return text.substr(start);
}

// True when the body needs memory that is limited, or may need it.
bool is_large(http::Request const& request) {
    auto const bytes = request.announced_bytes;
    return !bytes || *bytes > http::uncounted_body_bytes;
}

}  // namespace

std::optional<std::string_view> token_in(std::string_view authorization) {
    auto const token = after_scheme(authorization, target_scheme);
    return token ? token : after_scheme(authorization, gateway_scheme);
}

Result<access::DeviceCredential> read_credential(std::string_view authorization) {
    using Holder = access::DeviceCredential::Holder;
    if (auto const token = after_scheme(authorization, target_scheme)) {
        return access::DeviceCredential{.holder = Holder::device, .digest = sha256(*token)};
    }
    if (auto const token = after_scheme(authorization, gateway_scheme)) {
        return access::DeviceCredential{.holder = Holder::gateway, .digest = sha256(*token)};
    }
    return fail(Errc::unauthorized, "Authorization must be a TargetToken or a GatewayToken");
}

Result<DeviceCall> read_device_call(http::Request const& request) {
    if (!same_name(request.params[tenant_param], tenant)) {
        return fail(Errc::not_found, "there is no such tenant");
    }
    TRY_ASSIGN(auto const credential, read_credential(request.field("Authorization").value_or("")));
    return DeviceCall{Did{request.params[did_param]}, credential};
}

http::asio::awaitable<Result<void>> recognise(Context& context, DeviceCall call) {
    auto const did = call.did;
    auto look = [call = std::move(call)](Tx const& tx) { return authenticate(tx, call); };
    auto device = co_await http::on_store(context.channel.store, std::move(look));
    if (!device) co_return pass(device);
    context.channel.presence.heard(did, context.channel.clock.now());
    co_return Result<void>{};
}

std::optional<http::Reply> over_rate(Context& context, http::Request const& request) {
    if (request.head_checked && is_large(request)) return std::nullopt;  // check_head() counted it.
    auto const token = token_in(request.field("Authorization").value_or(""));
    if (!token) return std::nullopt;  // Answered 401 without asking the store.
    auto const wait =
        context.rate.refused(request.params[did_param], *token, context.channel.clock.now());
    if (!wait) return std::nullopt;
    return refusal({Errc::too_many, "this device makes too many requests"}, *wait);
}

http::asio::awaitable<std::optional<http::Reply>> check_head(Context& context,
                                                             http::Request const& request) {
    auto call = read_device_call(request);
    if (!call) co_return refusal(call.error());
    if (!is_large(request)) co_return std::nullopt;
    if (auto refused = over_rate(context, request)) co_return refused;
    auto look = [call = *std::move(call)](Tx const& tx) { return authenticate(tx, call); };
    auto const device = co_await http::on_store(context.channel.store, std::move(look));
    if (!device) co_return failure(context, request, device.error());
    co_return std::nullopt;
}

void slow_guessing(Context const& context, http::Request const& request, http::Reply& reply) {
    if (reply.status != 401) return;
    bool const readable = read_credential(request.field("Authorization").value_or("")).has_value();
    auto const reason = readable ? access::Refused::token : access::Refused::missing;
    reply.delay = context.guessing.refused(access::Door::ddi, reason, request.client_address(),
                                           context.channel.clock.now());
}

std::string base_link(http::Request const& request) {
    auto link = request.base_url();
    link += '/';
    link += text::percent_encoded(request.params[tenant_param]);
    link += "/controller/v1/";
    link += text::percent_encoded(request.params[did_param]);
    return link;
}

Result<std::int64_t> id_of(http::Request const& request) {
    auto const id = read_id(request.params[id_param]);
    if (!id) return fail(Errc::not_found, "this device has no such action");
    return *id;
}

}  // namespace updraft::ddi
