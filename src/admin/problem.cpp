#include "admin/problem.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "json/writer.h"

namespace updraft::admin {
namespace {

constexpr auto titles = std::to_array<std::pair<int, std::string_view>>({
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
});

std::string_view title_of(int status) {
    auto const found = std::ranges::find(titles, status, &std::pair<int, std::string_view>::first);
    return found == titles.end() ? "Error" : found->second;
}

}  // namespace

int status_of(Errc code) {
    switch (code) {
        case Errc::invalid:
            return 422;
        case Errc::not_found:
        case Errc::app_unknown:
        case Errc::not_bound:
            return 404;
        case Errc::conflict:
        case Errc::wrong_user:
        case Errc::nothing_to_upgrade:
        case Errc::not_upgradable:
            return 409;
        case Errc::gone:
            return 410;
        case Errc::too_large:
            return 413;
        case Errc::too_many:
            return 429;
        case Errc::app_forbidden:
        case Errc::forbidden:
            return 403;
        case Errc::token_invalid:
        case Errc::token_expired:
        case Errc::refresh_invalid:
        case Errc::refresh_expired:
        case Errc::unauthorized:
            return 401;
        case Errc::busy:
        case Errc::unavailable:
            return 503;
        case Errc::corrupt:
        case Errc::internal:
            return 500;
    }
    return 500;
}

http::Reply problem(int status, std::string const& detail) {
    http::Reply reply;
    reply.status = status;
    reply.content_type = "application/problem+json";
    std::string text;
    json::Writer writer(text);
    writer.object()
        .member("type", "about:blank")
        .member("title", title_of(status))
        .member("status", status)
        .member("detail", std::string_view(detail))
        .end();
    reply.body = std::move(text);
    if (status == 401) reply.fields.emplace_back("WWW-Authenticate", "Bearer");
    if (status == 503) reply.fields.emplace_back("Retry-After", "1");
    return reply;
}

http::Reply problem(Error const& error) {
    return problem(status_of(error.code), error.for_client());
}

Error told_to_client(Context const& context, http::Request const& request, Error const& error) {
    auto const status = status_of(error.code);
    auto const ours = status >= 500 || !error.told.empty();
    if (ours && context.trouble) context.trouble(request.request_id, error);
    if (status < 500) return {error.code, error.for_client()};
    auto const where = "our log says more under request id " + std::string(request.request_id);
    return {
        error.code,
        (status == 500 ? "internal error: " : "not possible at the moment, try again: ") + where};
}

http::Reply failure(Context const& context, http::Request const& request, Error const& error) {
    return problem(told_to_client(context, request, error));
}

http::Reply trouble_reply(http::Trouble const& trouble) {
    auto reply = problem(trouble.status, trouble.detail);
    for (auto const& [name, value] : trouble.fields) {
        auto const same = [&](auto const& field) { return field.first == name; };
        std::erase_if(reply.fields, same);
        reply.fields.emplace_back(name, value);
    }
    return reply;
}

}  // namespace updraft::admin
