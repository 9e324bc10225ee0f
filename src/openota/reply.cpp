#include "openota/reply.h"

#include <array>

#include "json/writer.h"
#include "openota/identify.h"

namespace updraft::openota {
namespace {

struct RefusalRow {
    Errc errc;
    Refusal refusal;
};

// In the order of Errc, each code once. Codes that no function of this edge returns have an entry
// as well.
constexpr auto refusals = std::to_array<RefusalRow>({
    {Errc::invalid, {302, 200}},
    {Errc::not_found, {604, 200}},
    {Errc::conflict, {104, 503}},
    {Errc::gone, {901, 200}},
    {Errc::too_large, {302, 413}},
    {Errc::too_many, {104, 429}},
    {Errc::app_unknown, {801, 200}},
    {Errc::app_forbidden, {802, 200}},
    {Errc::token_invalid, {805, 200}},
    {Errc::token_expired, {806, 200}},
    {Errc::refresh_invalid, {807, 200}},
    {Errc::refresh_expired, {808, 200}},
    {Errc::wrong_user, {403, 200}},
    {Errc::not_bound, {604, 200}},
    {Errc::nothing_to_upgrade, {901, 200}},
    {Errc::not_upgradable, {912, 200}},
    {Errc::unauthorized, {801, 200}},
    {Errc::forbidden, {403, 200}},
    {Errc::busy, {104, 503}},
    {Errc::unavailable, {104, 503}},
    {Errc::corrupt, {500, 500}},
    {Errc::internal, {500, 500}},
});

constexpr bool in_order() {
    for (std::size_t i = 0; i < refusals.size(); ++i) {
        if (refusals[i].errc != static_cast<Errc>(i)) return false;
    }
    return refusals.back().errc == Errc::internal;
}
static_assert(in_order(), "every Errc has its row here, in the order of the enum");

struct TroubleRow {
    int http_status;
    int code;
};
constexpr auto troubles = std::to_array<TroubleRow>({
    {400, 302},
    {404, 301},
    {405, 304},
    {408, 302},
    {413, 302},
    {414, 302},
    {415, 302},
    {429, 104},
    {431, 302},
    {500, 500},
    {503, 104},
});
constexpr auto closing = std::to_array<int>({400, 408, 413, 415, 431});

int code_of_trouble(int http_status) {
    for (auto const& row : troubles) {
        if (row.http_status == http_status) return row.code;
    }
    return http_status >= 500 ? 500 : 302;
}

// The text for an error with a status of 500 or above.
std::string our_fault(Errc code, std::string_view request_id) {
    if (code == Errc::internal || code == Errc::corrupt) {
        return "internal error: our log says more under request id " + std::string(request_id);
    }
    return "busy: please try again";
}

http::Reply envelope(int code, int http_status, std::string_view result_text) {
    std::string body;
    body.reserve(32 + result_text.size());
    json::Writer(body).object().member("code", code).member("result", result_text).end();
    http::Reply reply;
    reply.status = http_status;
    reply.body = std::move(body);
    return reply;
}

}  // namespace

Refusal refusal_of(Errc code) { return refusals[static_cast<std::size_t>(code)].refusal; }

http::Reply success(std::string_view result) {
    static constexpr std::string_view before = R"({"code":0,"result":)";
    std::string body;
    body.reserve(before.size() + result.size() + 1);
    body.append(before).append(result).append("}");
    http::Reply reply;
    reply.body = std::move(body);
    return reply;
}

http::Reply success_text(std::string_view result) { return envelope(0, 200, result); }

namespace {

// How long the answer to a call waits that may be a guess.
Millis delay_of(Context const& context, http::Request const& request, Errc code) {
    using access::Refused;
    auto const refused = [&](Refused reason) {
        return context.guessing.refused(access::Door::open_api, reason, request.client_address(),
                                        context.clock.now());
    };
    switch (code) {
        case Errc::app_unknown:
            return refused(has_app_keys(request) ? Refused::app : Refused::missing);
        case Errc::token_invalid: {
            auto const token = request.field("Access-Token").value_or("");
            return refused(token.empty() ? Refused::missing : Refused::token);
        }
        case Errc::refresh_invalid:
            return refused(Refused::token);
        case Errc::token_expired:
        case Errc::refresh_expired:
            return refused(Refused::expired);
        case Errc::not_found:
        case Errc::not_bound: {
            AppId const appid{std::string(request.field("Appid").value_or(""))};
            return context.guessing.unknown_did(appid, context.clock.now());
        }
        default:
            return Millis{0};
    }
}

}  // namespace

namespace {

// What to call after a refused token, for each of the two ways to get tokens; empty for other
// errors.
std::string_view next_call(http::Request const& request, Errc code) {
    switch (code) {
        case Errc::token_invalid:
        case Errc::token_expired:
            if (request.field("Access-Token").value_or("").empty()) {
                return ". Get one by /open/account/access/get, or by /access_token with a code of "
                       "the login page";
            }
            return ". If it came from /open/account/access/get, call /open/account/access/refresh, "
                   "and access/get when that is refused. If it came from /access_token, call "
                   "/access_token with grant_type=refresh_token, and send the user to the login "
                   "page when that is refused";
        case Errc::refresh_invalid:
        case Errc::refresh_expired:
            return ". Call /open/account/access/get; for tokens of /access_token, send the user to "
                   "the login page";
        default:
            return {};
    }
}

}  // namespace

http::Reply failure(Context const& context, http::Request const& request, Error const& error) {
    auto const refusal = refusal_of(error.code);
    auto const ours = refusal.http_status >= 500;
    auto const for_log = ours || !error.told.empty();
    if (for_log && context.trouble) context.trouble(request.request_id, error);
    auto text = ours ? our_fault(error.code, request.request_id) : error.for_client();
    text += next_call(request, error.code);
    auto reply = envelope(refusal.code, refusal.http_status, text);
    if (refusal.code == 104) reply.fields.emplace_back("Retry-After", "1");
    reply.delay = delay_of(context, request, error.code);
    return reply;
}

http::Reply trouble(http::Trouble const& found) {
    auto reply = envelope(code_of_trouble(found.status), found.status, found.detail);
    reply.fields = found.fields;
    reply.close = std::find(closing.begin(), closing.end(), found.status) != closing.end();
    return reply;
}

http::Reply not_stored(http::Reply reply) {
    reply.fields.emplace_back("Pragma", "no-cache");
    return reply;
}

}  // namespace updraft::openota
