#include "cli/login.h"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "cli/client.h"
#include "cli/context.h"
#include "cli/endpoint.h"
#include "cli/output.h"
#include "cli/show.h"
#include "cli/terminal.h"
#include "json/reader.h"
#include "text/clean_text.h"

namespace updraft::cli {
namespace {

struct LoginWords {
    std::string url;
    std::string token_file;
    std::string ca_file;
    bool insecure_http = false;
};

bool is_set(char const* variable) {
    auto const* const value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

// Where the token goes; without it yet.
Result<Endpoint> endpoint_in(LoginWords const& words) {
    Endpoint endpoint{.url = server_url(words.url),
                      .token = {},
                      .ca_file = words.ca_file,
                      .insecure_http = words.insecure_http};
    if (!endpoint.url.starts_with("http://") && !endpoint.url.starts_with("https://")) {
        return fail(Errc::invalid,
                    "the URL must begin with https:// or http://: \"" + endpoint.url + "\"");
    }
    if (!endpoint.ca_file.empty()) {
        std::error_code error;
        endpoint.ca_file = std::filesystem::absolute(endpoint.ca_file, error).string();
    }
    // Asked before the person types the token.
    auto sent = endpoint;
    sent.token = Secret("a token");
    TRY(may_take_token(sent));
    return endpoint;
}

Result<Secret> token_in(LoginWords const& words, std::string const& url) {
    if (!words.token_file.empty()) return read_token({.token_file = words.token_file}, "");
    return ask_secret("Token for " + url + ": ");
}

// "anna (releaser)", who the server says this token belongs to.
Result<std::string> whose(Endpoint const& endpoint) {
    TRY_ASSIGN(auto const answer, carry_out(endpoint, {.method = "GET", .path = "/admin/v1/me"}));
    if (answer.status == 401) {
        return fail(Errc::forbidden, endpoint.url + " refuses this token; nothing was kept");
    }
    if (!answer.good()) {
        return fail(Errc::unavailable, "HTTP " + std::to_string(answer.status) + ": " +
                                           problem_of(answer.body) + "; nothing was kept");
    }
    auto const object = json::read_object(answer.body);
    auto const name = object ? json::text_member(*object, "name") : std::nullopt;
    auto const role = object ? json::text_member(*object, "role") : std::nullopt;
    if (!name || !*name || !role || !*role) {
        return fail(Errc::unavailable, endpoint.url +
                                           " does not answer as an Updraft server does; nothing "
                                           "was kept");
    }
    return **name + " (" + **role + ")";
}

void warn_of_variables() {
    for (auto const* const name :
         {"UPDRAFT_URL", "UPDRAFT_ADMIN_TOKEN", "UPDRAFT_ADMIN_TOKEN_FILE"}) {
        if (is_set(name)) {
            std::cerr << "updraft: warning: " << name << " is set, and goes before this login\n";
        }
    }
}

int run_login(LoginWords const& words) {
    auto const folder = context_folder();
    if (!folder) return refuse(folder.error().detail);
    auto endpoint = endpoint_in(words);
    if (!endpoint) return refuse(endpoint.error().detail, wrong_usage);
    auto token = token_in(words, endpoint->url);
    if (!token) return refuse(token.error().detail, wrong_usage);
    endpoint->token = *std::move(token);
    auto const name = whose(*endpoint);
    if (!name) return refuse(name.error().detail);
    auto const kept = keep_context(*folder, {.url = endpoint->url,
                                             .token = endpoint->token,
                                             .ca_file = endpoint->ca_file,
                                             .insecure_http = endpoint->insecure_http});
    if (!kept) return refuse(kept.error().detail);
    std::cout << text::escaped("signed in to " + endpoint->url + " as " + *name) << "\n";
    warn_of_variables();
    return 0;
}

int run_logout() {
    auto const folder = context_folder();
    auto const removed = folder ? forget_context(*folder) : pass(folder);
    if (!removed) return refuse(removed.error().detail);
    std::cout << (*removed ? "signed out; the token itself stays valid until it is revoked\n"
                           : "nobody was signed in\n");
    return 0;
}

}  // namespace

void add_login(Syntax const& root) {
    auto const syntax = root.command(
        "login",
        "Sign in to a server: ask for a token, or read it from the standard input, and keep it for "
        "the commands that follow.");
    auto const words = std::make_shared<LoginWords>();
    syntax.option("url,--url", words->url, "URL of the server.").required();
    syntax.option("--token-file", words->token_file, "File with the token, instead of asking.");
    syntax.option("--ca", words->ca_file,
                  "File of the certificates to trust (PEM), instead of the system's; kept, too.");
    syntax.flag("--insecure-http", words->insecure_http, insecure_http_help);
    syntax.when_given([words] { return run_login(*words); });
}

void add_logout(Syntax const& root) {
    auto const syntax =
        root.command("logout", "Remove what updraft login kept. The token stays valid.");
    syntax.when_given([] { return run_logout(); });
}

}  // namespace updraft::cli
