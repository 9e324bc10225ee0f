#include "openota/access_token.h"

#include "access/authorization.h"
#include "access/identify.h"
#include "http/on_store.h"
#include "json/writer.h"
#include "openota/form.h"
#include "openota/reply.h"
#include "text/base64.h"
#include "vocabulary/ascii.h"

namespace updraft::openota {
namespace {

enum class GrantType : std::uint8_t { code, refresh };

struct TokenAsk {
    AppId client_id;
    Sha256 client_secret{};
    bool by_header = false;  // The client authenticates with Authorization: Basic.
    GrantType type = GrantType::code;
    Sha256 credential{};  // The code's digest, or the refresh token's.
    std::string redirect_uri;
};

// An error as in RFC 6749, 5.2.
struct Refused {
    int status = 400;
    std::string_view error = "invalid_request";
    std::string description;
};

http::Reply refused_reply(Refused const& refused, bool by_header) {
    std::string body;
    json::Writer(body)
        .object()
        .member("error", refused.error)
        .member("error_description", refused.description)
        .end();
    http::Reply reply;
    reply.status = refused.status;
    reply.body = std::move(body);
    if (refused.status == 401 && by_header) {
        reply.fields.emplace_back("WWW-Authenticate", "Basic realm=\"updraft\"");
    }
    if (refused.status == 429 || refused.status == 503) {
        reply.fields.emplace_back("Retry-After", "1");
    }
    return not_stored(std::move(reply));
}

Refused refused_of(Error const& error) {
    switch (error.code) {
        case Errc::app_unknown:
            return {401, "invalid_client", error.for_client()};
        case Errc::refresh_invalid:
        case Errc::refresh_expired:
        case Errc::invalid:
            return {400, "invalid_grant", error.for_client()};
        case Errc::too_many:
            return {429, "temporarily_unavailable", error.for_client()};
        case Errc::busy:
        case Errc::unavailable:
            return {503, "temporarily_unavailable", "busy: please try again"};
        default:
            return {500, "server_error", "internal error: our log says more"};
    }
}

// "Basic <base64 of id:secret>", the scheme in any case (RFC 9110, 11.1), id and secret
// form-encoded (RFC 6749, 2.3.1).
std::optional<std::pair<std::string, std::string>> read_basic(std::string_view authorization) {
    static constexpr std::string_view scheme = "basic ";
    if (!same_name(authorization.substr(0, scheme.size()), scheme)) return std::nullopt;
    auto const text = text::read_base64(trimmed(authorization.substr(scheme.size())));
    auto const colon = text ? text->find(':') : std::string::npos;
    if (colon == std::string::npos) return std::nullopt;
    auto id = form_decoded(std::string_view(*text).substr(0, colon));
    auto secret = form_decoded(std::string_view(*text).substr(colon + 1));
    if (!id || !secret) return std::nullopt;
    return std::pair(*std::move(id), *std::move(secret));
}

tl::expected<TokenAsk, Refused> read_ask(http::Request const& request) {
    auto const form = Form::read(request.body);
    if (!form) return tl::unexpected<Refused>(Refused{.description = form.error().detail});
    auto const missing = [](std::string_view name) {
        return tl::unexpected<Refused>(Refused{.description = std::string(name) + " is missing"});
    };
    TokenAsk ask;
    auto client_id = form->value("client_id");
    auto client_secret = form->value("client_secret");
    if (auto const authorization = request.field("Authorization")) {
        if (client_secret) {
            return tl::unexpected<Refused>(Refused{.description = "two ways to authenticate"});
        }
        auto basic = read_basic(*authorization);
        ask.by_header = true;
        client_id = basic ? basic->first : "";
        client_secret = basic ? basic->second : "";
    }
    if (!client_secret) {
        // RFC 6749, 5.2: a client that does not authenticate gets invalid_client.
        return tl::unexpected<Refused>(Refused{401, "invalid_client", "client_secret is missing"});
    }
    if (!client_id) return missing("client_id");
    ask.client_id.value = *std::move(client_id);
    ask.client_secret = sha256(*client_secret);

    auto const type = form->value("grant_type");
    if (!type) return missing("grant_type");
    auto const is_code = *type == "authorization_code";
    if (!is_code && *type != "refresh_token") {
        return tl::unexpected<Refused>(
            Refused{.error = "unsupported_grant_type",
                    .description = "grant_type: authorization_code or refresh_token"});
    }
    ask.type = is_code ? GrantType::code : GrantType::refresh;
    auto const credential = form->value(is_code ? "code" : "refresh_token");
    if (!credential) return missing(is_code ? "code" : "refresh_token");
    ask.credential = sha256(*credential);
    if (!is_code) return ask;
    auto redirect_uri = form->value("redirect_uri");
    if (!redirect_uri) return missing("redirect_uri");
    ask.redirect_uri = *std::move(redirect_uri);
    return ask;
}

Result<void> identify_client(Tx const& tx, TokenAsk const& ask, Instant now) {
    TRY(access::identify_app(tx, ask.client_id, ask.client_secret, now));
    return {};
}

Result<std::optional<access::Issued>> exchange(Tx& tx, access::Means const& means,
                                               TokenAsk const& ask, Instant now) {
    if (ask.type == GrantType::code) {
        return access::redeem(tx, means, ask.client_id, ask.credential, ask.redirect_uri, now);
    }
    return access::refresh(tx, means, ask.client_id, std::nullopt, ask.credential, now);
}

http::Reply tokens_reply(access::Issued const& issued) {
    std::string body;
    json::Writer(body)
        .object()
        .member("access_token", issued.access_token.reveal())
        .member("expires_in", issued.expires_in_seconds)
        .member("token_type", "bearer")
        .member("openId", issued.open_id.value)
        .member("refresh_token", issued.refresh_token.reveal())
        .end();
    http::Reply reply;
    reply.body = std::move(body);
    return not_stored(std::move(reply));
}

// Delays the answer to what may be a guess of a secret, a code or a token.
void slow_down(Context const& context, http::Request const& request, Errc code,
               http::Reply& reply) {
    auto const reason = [&]() -> std::optional<access::Refused> {
        switch (code) {
            case Errc::unauthorized:
                return access::Refused::missing;
            case Errc::app_unknown:
                return access::Refused::app;
            case Errc::invalid:
            case Errc::refresh_invalid:
                return access::Refused::token;
            case Errc::refresh_expired:
                return access::Refused::expired;
            default:
                return std::nullopt;
        }
    }();
    if (!reason) return;
    reply.delay = context.guessing.refused(access::Door::access_token, *reason,
                                           request.client_address(), context.clock.now());
}

http::Reply error_reply(Context const& context, http::Request const& request, Error const& error,
                        bool by_header) {
    auto const refused = refused_of(error);
    if (refused.status >= 500 && context.trouble) context.trouble(request.request_id, error);
    auto reply = refused_reply(refused, by_header);
    slow_down(context, request, error.code, reply);
    return reply;
}

}  // namespace

http::asio::awaitable<http::Reply> access_token(Context& context, http::Request const& request) {
    auto const ask = read_ask(request);
    if (!ask) {
        auto reply = refused_reply(ask.error(), false);
        if (reply.status == 401) slow_down(context, request, Errc::unauthorized, reply);
        co_return reply;
    }
    auto const now = context.clock.now();

    auto headers = [ask = *ask, now](Tx const& tx) { return identify_client(tx, ask, now); };
    auto const known = co_await http::on_store(context.store, std::move(headers));
    if (!known) co_return error_reply(context, request, known.error(), ask->by_header);
    if (context.rate.refused(ask->client_id, now)) {
        Error const too_often{Errc::too_many, "too many calls of this client"};
        co_return error_reply(context, request, too_often, ask->by_header);
    }

    access::Means const means{.id_source = context.id_source,
                              .lifetimes = context.settings.lifetimes};
    auto body = [means, ask = *ask, now](Tx& tx) { return exchange(tx, means, ask, now); };
    auto const issued = co_await http::on_store(context.store, std::move(body));
    if (!issued) co_return error_reply(context, request, issued.error(), ask->by_header);
    if (!*issued) {
        Error const used{Errc::invalid, "this code or token was used before"};
        co_return error_reply(context, request, used, ask->by_header);
    }
    co_return tokens_reply(**issued);
}

http::Reply access_token_trouble(http::Trouble const& found) {
    auto reply = refused_reply({.status = found.status,
                                .error = found.status >= 500 ? "server_error" : "invalid_request",
                                .description = found.detail},
                               false);
    for (auto const& field : found.fields) {
        if (field.first != "Retry-After") reply.fields.push_back(field);
    }
    return reply;
}

}  // namespace updraft::openota
