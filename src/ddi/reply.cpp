#include "ddi/reply.h"

#include <array>

#include "ddi/wording.h"
#include "json/writer.h"

namespace updraft::ddi {
namespace {

struct Refused {
    Errc code;
    int status;
    std::string_view exception_class;
    std::string_view error_code;
};

// In the order of Errc, each code once. Codes that this edge never answers are mapped as internal.
constexpr auto refusals = std::to_array<Refused>({
    {Errc::invalid, 400, "MessageNotReadableException", "updraft.invalid"},
    {Errc::not_found, 404, "EntityNotFoundException", "updraft.notFound"},
    {Errc::conflict, 405, "CancelActionNotAllowedException", "updraft.cancelActionNotAllowed"},
    {Errc::gone, 410, "ActionEndedException", "updraft.actionEnded"},
    {Errc::too_large, 413, "SizeLimitExceededException", "updraft.tooLarge"},
    {Errc::too_many, 429, "QuotaExceededException", "updraft.quotaExceeded"},
    {Errc::app_unknown, 500, "InternalException", "updraft.internal"},
    {Errc::app_forbidden, 500, "InternalException", "updraft.internal"},
    {Errc::token_invalid, 500, "InternalException", "updraft.internal"},
    {Errc::token_expired, 500, "InternalException", "updraft.internal"},
    {Errc::refresh_invalid, 500, "InternalException", "updraft.internal"},
    {Errc::refresh_expired, 500, "InternalException", "updraft.internal"},
    {Errc::wrong_user, 500, "InternalException", "updraft.internal"},
    {Errc::not_bound, 500, "InternalException", "updraft.internal"},
    {Errc::nothing_to_upgrade, 500, "InternalException", "updraft.internal"},
    {Errc::not_upgradable, 500, "InternalException", "updraft.internal"},
    {Errc::unauthorized, 401, "InsufficientAuthenticationException", "updraft.unauthorized"},
    {Errc::forbidden, 403, "InsufficientPermissionException", "updraft.forbidden"},
    {Errc::busy, 503, "ServiceBusyException", "updraft.busy"},
    {Errc::unavailable, 503, "ServiceUnavailableException", "updraft.unavailable"},
    {Errc::corrupt, 500, "ArtifactCorruptException", "updraft.corrupt"},
    {Errc::internal, 500, "InternalException", "updraft.internal"},
});

constexpr bool in_order() {
    for (std::size_t i = 0; i < refusals.size(); ++i) {
        if (refusals[i].code != static_cast<Errc>(i)) return false;
    }
    return refusals.back().code == Errc::internal;
}
static_assert(in_order(), "every Errc has its status here, in the order of the enum");

// The details are only logged; a device can only try again.
constexpr std::string_view told_of_500 = "something went wrong inside; try again later";
constexpr std::string_view told_of_503 = "the server cannot do this now; try again later";

constexpr Refused const& refused(Errc code) { return refusals[static_cast<std::size_t>(code)]; }

http::Reply error_reply(int status, std::string_view exception_class, std::string_view error_code,
                        std::string_view message) {
    http::Reply reply;
    reply.status = status;
    reply.content_type = media_type(Media::json);
    std::string body;
    json::Writer(body)
        .object()
        .member("exceptionClass", exception_class)
        .member("errorCode", error_code)
        .member("message", message)
        .end();
    reply.body = std::move(body);
    if (status == 401) reply.fields.emplace_back("WWW-Authenticate", "TargetToken");
    if (status == 503) reply.fields.emplace_back("Retry-After", "10");
    return reply;
}

struct Troubled {
    int status;
    std::string_view exception_class;
    std::string_view error_code;
};
constexpr auto troubles = std::to_array<Troubled>({
    {400, "MessageNotReadableException", "updraft.invalid"},
    {404, "EntityNotFoundException", "updraft.notFound"},
    {405, "MethodNotAllowedException", "updraft.methodNotAllowed"},
    {408, "RequestTimeoutException", "updraft.timeout"},
    {413, "SizeLimitExceededException", "updraft.tooLarge"},
    {415, "UnsupportedMediaTypeException", "updraft.unsupportedMediaType"},
    {429, "QuotaExceededException", "updraft.quotaExceeded"},
    {503, "ServiceUnavailableException", "updraft.unavailable"},
});

}  // namespace

http::Reply answer(http::Request const& request, std::string body) {
    http::Reply reply;
    reply.content_type = media_type(preferred_media(request.field("Accept").value_or("")));
    reply.body = std::move(body);
    return reply;
}

http::Reply done() {
    http::Reply reply;
    reply.content_type = media_type(Media::json);
    reply.body = std::string();
    return reply;
}

http::Reply refusal(Error const& error) {
    auto const& row = refused(error.code);
    auto const told = row.status == 500 ? told_of_500 : std::string_view(error.for_client());
    return error_reply(row.status, row.exception_class, row.error_code, told);
}

http::Reply refusal(Error const& error, Millis wait) {
    auto reply = refusal(error);
    auto const seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    reply.fields.emplace_back("Retry-After", std::to_string(seconds));
    return reply;
}

http::Reply failure(Context const& context, http::Request const& request, Error const& error) {
    auto const& row = refused(error.code);
    auto const ours = row.status >= 500 || !error.told.empty();
    if (ours && context.trouble) context.trouble(request.request_id, error);
    if (row.status < 500) return refusal(error);
    auto const told = row.status == 500 ? told_of_500 : told_of_503;
    return error_reply(row.status, row.exception_class, row.error_code, told);
}

http::Reply trouble(http::Trouble const& trouble) {
    for (auto const& row : troubles) {
        if (row.status != trouble.status) continue;
        return error_reply(trouble.status, row.exception_class, row.error_code, trouble.detail);
    }
    auto const& inside = refused(Errc::internal);
    return error_reply(trouble.status, inside.exception_class, inside.error_code, trouble.detail);
}

}  // namespace updraft::ddi
