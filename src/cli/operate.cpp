#include "cli/operate.h"

#include <iostream>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "cli/call.h"
#include "cli/progress_bar.h"
#include "cli/publish.h"
#include "cli/put_device.h"
#include "cli/show.h"
#include "json/writer.h"
#include "text/clean_text.h"

namespace updraft::cli {
namespace {

constexpr int wrong_usage = 2;  // Exit status.

// The arguments of one command.
struct Session {
    std::string url = "http://127.0.0.1:8080";
    std::string token;
    std::string token_file;
    std::string ca_file;
    bool insecure_http = false;
    bool json = false;
    std::map<std::string_view, std::vector<std::string>> values;  // By the arguments' flags.
};

void add_common(Syntax const& syntax, Session& session) {
    syntax.option("--url", session.url, "URL of the server.")
        .variable("UPDRAFT_URL")
        .show_default();
    syntax
        .option("--token", session.token,
                "Admin token. Other users of this machine can read a command line: prefer the "
                "variable or --token-file.")
        .variable("UPDRAFT_ADMIN_TOKEN");
    syntax
        .option("--token-file", session.token_file,
                "File with the admin token [updraft-data/admin-token].")
        .variable("UPDRAFT_ADMIN_TOKEN_FILE");
    syntax.option("--ca", session.ca_file,
                  "File of the certificates to trust (PEM), instead of the system's.");
    syntax.flag("--insecure-http", session.insecure_http, insecure_http_help);
    syntax.flag("--json", session.json, "Print the server's answer as it came.");
}

void add_argument(Syntax const& syntax, Session& session, Argument const& argument) {
    auto& texts = session.values[argument.flags];
    auto const spelled = std::string(argument.flags);
    auto const meaning = std::string(argument.meaning);
    if (argument.place == Place::flag || argument.place == Place::null ||
        argument.place == Place::local) {
        auto* const given = &texts;
        syntax.flag(
            spelled, [given] { given->assign(1, ""); }, meaning);
        return;
    }
    auto const option = syntax.option(spelled, texts, meaning);
    // Only a positional list takes several words that follow one another.
    if (argument.place != Place::texts || spelled.starts_with('-')) option.one_value();
    if (argument.place == Place::texts) option.split_at_commas();
    option.required(argument.need == Need::required);
}

// The arguments that were given.
Given given_in(Session const& session) {
    Given given;
    for (auto const& [flags, texts] : session.values) {
        if (!texts.empty()) given[flags] = texts;
    }
    return given;
}

Result<Endpoint> endpoint_of(Session const& session, Command const& command) {
    Endpoint endpoint{.url = server_url(session.url),
                      .token = {},
                      .ca_file = session.ca_file,
                      .insecure_http = session.insecure_http};
    if (command.takes_token) {
        TRY_ASSIGN(endpoint.token,
                   read_token({session.token, session.token_file}, "updraft-data/admin-token"));
    }
    TRY(may_take_token(endpoint));
    return endpoint;
}

int refuse(std::string const& why, int status = 1) {
    std::cerr << "updraft: " << text::one_line(why) << "\n";
    return status;
}

// The call succeeded, but its answer says that not everything was done.
bool has_failed(Command const& command, json::Object const& answer) {
    if (command.shape == Shape::verdict) {
        auto const state = json::text_member(answer, "pushState");
        return state && *state != "verified";
    }
    if (command.shape != Shape::counts) return false;
    auto const rejected = json::whole_member(answer, "rejectedCount");
    if (rejected && rejected->value_or(0) > 0) return true;
    auto const refused = json::array_member(answer, "refused");
    return refused && *refused != nullptr && !(*refused)->empty();
}

std::string problem_in(Command const& command, Answer const& answer) {
    auto const told = problem_of(answer.body);
    return "HTTP " + std::to_string(answer.status) + ": " + in_flags(command, told);
}

int show_columns(Command const& command, json::Object const& answer) {
    auto const items = json::array_member(answer, "items");
    if (!items || *items == nullptr) return refuse("the answer has no items");
    std::cout << as_columns(**items, command.columns);
    auto const next = json::text_member(answer, "nextCursor");
    // Not on stdout, where a program that reads the lines would take it for one of them.
    if (next && *next) std::cerr << "more: --cursor " << text::one_line(**next) << "\n";
    return 0;
}

int show(Command const& command, Answer const& answer, bool raw) {
    if (!answer.good()) {
        if (raw && !answer.body.empty()) std::cout << json::for_terminal(answer.body) << "\n";
        return refuse(problem_in(command, answer));
    }
    auto const object = json::read_object(answer.body);
    auto const status = object && has_failed(command, *object) ? 1 : 0;
    if (raw) {
        if (!answer.body.empty()) std::cout << json::for_terminal(answer.body) << "\n";
        return status;
    }
    if (command.shape == Shape::nothing) {
        std::cout << "done\n";
        return 0;
    }
    if (!object) {
        std::cout << (answer.body.empty() ? "done" : text::some_lines(answer.body)) << "\n";
        return 0;
    }
    if (command.shape == Shape::columns) return show_columns(command, *object);
    std::cout << as_fields(*object);
    return status;
}

// As carry_out(), with a progress bar on a terminal when a file is sent.
Result<Answer> carry_out_visibly(Endpoint const& endpoint, Call call) {
    ProgressBar bar(call.file);
    if (!call.file.empty() && bar.visible()) {
        call.on_sent = [&bar](Sent const& sent) { bar.draw(sent); };
    }
    return carry_out(endpoint, call);
}

bool puts_device(Command const& command) {
    return command.noun == "device" && command.verb == "put";
}

int run(Command const& command, Session const& session) {
    auto const given = given_in(session);
    auto call = call_of(command, given);
    if (!call) return refuse(call.error().detail, wrong_usage);
    auto const endpoint = endpoint_of(session, command);
    if (!endpoint) return refuse(endpoint.error().detail, wrong_usage);
    if (puts_device(command) && !given.contains("--replace")) {
        auto const harmless = loses_nothing(*endpoint, given);
        if (!harmless) return refuse(harmless.error().detail);
    }
    auto const answer = carry_out_visibly(*endpoint, *std::move(call));
    if (!answer) return refuse(answer.error().detail);
    return show(command, *answer, session.json);
}

std::vector<Argument> publish_arguments() {
    auto arguments = firmware_arguments();
    arguments.push_back(accept_mismatch);
    return arguments;
}

int run_publish(Session const& session, Publication wanted) {
    wanted.description = given_in(session);
    wanted.accept_mismatch = wanted.description.erase(accept_mismatch.flags) > 0;
    Command const shown{.noun = "firmware",
                        .verb = "publish",
                        .meaning = "",
                        .method = "POST",
                        .path = "",
                        .arguments = publish_arguments()};
    auto const endpoint = endpoint_of(session, shown);
    if (!endpoint) return refuse(endpoint.error().detail, wrong_usage);
    ProgressBar bar(wanted.file);
    if (bar.visible()) wanted.on_sent = [&bar](Sent const& sent) { bar.draw(sent); };
    auto const answer = publish(*endpoint, wanted);
    if (!answer) return refuse(answer.error().detail);
    return show(shown, *answer, session.json);
}

void add_command(Syntax const& noun, Command const& command) {
    auto const syntax = noun.command(std::string(command.verb), std::string(command.meaning));
    if (command.verb == "set") syntax.also("update");
    auto const session = std::make_shared<Session>();
    for (auto const& argument : command.arguments) add_argument(syntax, *session, argument);
    add_common(syntax, *session);
    syntax.when_given([&command, session] { return run(command, *session); });
}

void add_publish(Syntax const& firmware) {
    auto const syntax =
        firmware.command("publish", "Describe, upload and release a firmware file.");
    auto const session = std::make_shared<Session>();
    auto const wanted = std::make_shared<Publication>();
    syntax.option("file,--file", wanted->file, "Firmware file.").required();
    for (auto const& argument : publish_arguments()) add_argument(syntax, *session, argument);
    add_common(syntax, *session);
    syntax.when_given([session, wanted] { return run_publish(*session, *wanted); });
}

}  // namespace

void add_operator_commands(Syntax const& root) {
    for (auto const& noun : nouns()) {
        auto const syntax = root.command(std::string(noun.name), std::string(noun.meaning));
        syntax.require_command();
        for (auto const& command : commands()) {
            if (command.noun == noun.name) add_command(syntax, command);
        }
        if (noun.name == "firmware") add_publish(syntax);
    }
}

int ask_whether_ready(Endpoint const& endpoint, bool json) {
    Command const ready{.noun = "",
                        .verb = "health",
                        .meaning = "",
                        .method = "GET",
                        .path = "/readyz",
                        .arguments = {}};
    auto const answer = carry_out(endpoint, {.method = "GET", .path = "/readyz"});
    if (!answer) return refuse(answer.error().detail);
    return show(ready, *answer, json);
}

}  // namespace updraft::cli
