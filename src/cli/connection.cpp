#include "cli/connection.h"

#include <optional>

#include "cli/context.h"

namespace updraft::cli {
namespace {

// The context, when it says something that was not given.
Result<std::optional<Context>> needed_context(Connection const& given, bool token_given) {
    if (token_given && !server_url(given.url).empty()) return std::nullopt;
    auto const folder = context_folder();
    if (!folder) return std::nullopt;  // Nobody can have signed in.
    return read_context(*folder);
}

}  // namespace

void add_connection_flags(Syntax const& syntax, Connection& connection) {
    syntax
        .option("--url", connection.url,
                "URL of the server. Without it, that of updraft login, or http://127.0.0.1:8080.")
        .variable("UPDRAFT_URL");
    syntax
        .option("--token", connection.token.token,
                "Operator's token, before the variable UPDRAFT_ADMIN_TOKEN. Other users of this "
                "machine can read a command line: prefer updraft login, the variable or "
                "--token-file.")
        .one_value();
    syntax
        .option("--token-file", connection.token.token_file,
                "File with the token, before the variable UPDRAFT_ADMIN_TOKEN_FILE. Without any, "
                "the token of updraft login, or updraft-data/admin-token.")
        .one_value();
    syntax.option("--ca", connection.ca_file,
                  "File of the certificates to trust (PEM), instead of the system's.");
    syntax.flag("--insecure-http", connection.insecure_http, insecure_http_help);
}

Result<Endpoint> endpoint_of(Connection const& connection) {
    TRY_ASSIGN(auto given_token, read_token(connection.token, ""));
    TRY_ASSIGN(auto const kept, needed_context(connection, !given_token.empty()));
    Endpoint endpoint{.url = server_url(connection.url),
                      .token = {},
                      .ca_file = connection.ca_file,
                      .insecure_http = connection.insecure_http};
    if (endpoint.url.empty()) endpoint.url = kept ? kept->url : Endpoint{}.url;
    auto const is_kept = kept && same_server(kept->url, endpoint.url);
    if (is_kept) {
        if (endpoint.ca_file.empty()) endpoint.ca_file = kept->ca_file;
        endpoint.insecure_http = endpoint.insecure_http || kept->insecure_http;
    }
    if (!given_token.empty()) {
        endpoint.token = std::move(given_token);
    } else if (is_kept) {
        endpoint.token = kept->token;
    } else {
        TRY_ASSIGN(endpoint.token, read_token({}, "updraft-data/admin-token"));
    }
    TRY(may_take_token(endpoint));
    return endpoint;
}

}  // namespace updraft::cli
