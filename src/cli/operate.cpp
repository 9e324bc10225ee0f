#include "cli/operate.h"

#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "cli/call.h"
#include "cli/publish.h"
#include "cli/show.h"

namespace updraft::cli {
namespace {

// What stood on the command line of one command.
struct Session {
    std::string url = "http://127.0.0.1:8080";
    std::string token;
    std::string token_file;
    std::string ca_file;
    bool json = false;
    std::map<std::string_view, std::vector<std::string>> values;  // By the arguments' flags.
};

void add_common(CLI::App& app, Session& session) {
    app.add_option("--url", session.url, "The server.")
        ->envname("UPDRAFT_URL")
        ->capture_default_str();
    app.add_option("--token", session.token, "The admin token; others can see a command line.")
        ->envname("UPDRAFT_ADMIN_TOKEN");
    app.add_option("--token-file", session.token_file,
                   "The file that holds it [updraft-data/admin-token].")
        ->envname("UPDRAFT_ADMIN_TOKEN_FILE");
    app.add_option("--ca", session.ca_file, "Trust these certificates (PEM) instead.");
    app.add_flag("--json", session.json, "Print the answer as it came.");
}

void add_argument(CLI::App& app, Session& session, Argument const& argument) {
    auto& texts = session.values[argument.flags];
    auto const spelled = std::string(argument.flags);
    auto const meaning = std::string(argument.meaning);
    if (argument.place == Place::flag || argument.place == Place::null) {
        auto* const given = &texts;
        app.add_flag_callback(
            spelled, [given] { given->assign(1, ""); }, meaning);
        return;
    }
    auto* const option = app.add_option(spelled, texts, meaning);
    if (argument.place == Place::texts) option->delimiter(',');
    // Only a positional list takes one word after the other; nothing else swallows what follows.
    if (argument.place != Place::texts || spelled.starts_with('-')) {
        option->expected(1)->allow_extra_args(false);
    }
    if (argument.place == Place::texts) {
        option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
    option->required(argument.need == Need::required);
}

// What was given at all.
Given given_in(Session const& session) {
    Given given;
    for (auto const& [flags, texts] : session.values) {
        if (!texts.empty()) given[flags] = texts;
    }
    return given;
}

Endpoint endpoint_of(Session const& session) {
    auto token = session.token;
    if (token.empty()) {
        auto const path =
            session.token_file.empty() ? "updraft-data/admin-token" : session.token_file;
        std::ifstream file(path);
        file >> token;
    }
    auto url = session.url;
    while (url.ends_with('/')) url.pop_back();
    return {.url = std::move(url), .token = Secret(std::move(token)), .ca_file = session.ca_file};
}

int refuse(std::string const& why) {
    std::cerr << "updraft: " << why << "\n";
    return 1;
}

// The answer is good, and what was asked for was not done, or only in part.
bool came_out_badly(Command const& command, json::Object const& answer) {
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

int show_columns(Command const& command, json::Object const& answer) {
    auto const items = json::array_member(answer, "items");
    if (!items || *items == nullptr) return refuse("the answer has no items");
    std::cout << as_columns(**items, command.columns);
    auto const next = json::text_member(answer, "nextCursor");
    if (next && *next) std::cout << "more: --cursor " << **next << "\n";
    return 0;
}

int show(Command const& command, Answer const& answer, bool raw) {
    if (!answer.good()) {
        if (raw && !answer.body.empty()) std::cout << answer.body << "\n";
        return refuse(problem_in(answer.status, answer.body));
    }
    auto const object = json::read_object(answer.body);
    auto const status = object && came_out_badly(command, *object) ? 1 : 0;
    if (raw) {
        if (!answer.body.empty()) std::cout << answer.body << "\n";
        return status;
    }
    if (command.shape == Shape::nothing) {
        std::cout << "done\n";
        return 0;
    }
    if (!object) {
        std::cout << (answer.body.empty() ? "done" : answer.body) << "\n";
        return 0;
    }
    if (command.shape == Shape::columns) return show_columns(command, *object);
    std::cout << as_fields(*object);
    return status;
}

int run(Command const& command, Session const& session) {
    auto const call = call_of(command, given_in(session));
    if (!call) {
        std::cerr << "updraft: " << call.error().detail << "\n";
        return 2;
    }
    auto const answer = carry_out(endpoint_of(session), *call);
    if (!answer) return refuse(answer.error().detail);
    return show(command, *answer, session.json);
}

int run_publish(Session const& session, Publication wanted) {
    wanted.description = given_in(session);
    auto const answer = publish(endpoint_of(session), wanted);
    if (!answer) return refuse(answer.error().detail);
    Command const shown{.noun = "firmware",
                        .verb = "publish",
                        .meaning = "",
                        .method = "POST",
                        .path = "",
                        .arguments = {}};
    return show(shown, *answer, session.json);
}

void add_command(CLI::App& noun, Command const& command, int& exit_status) {
    auto* const app = noun.add_subcommand(std::string(command.verb), std::string(command.meaning));
    auto const session = std::make_shared<Session>();
    for (auto const& argument : command.arguments) add_argument(*app, *session, argument);
    add_common(*app, *session);
    app->callback([&command, &exit_status, session] { exit_status = run(command, *session); });
}

void add_publish(CLI::App& firmware, int& exit_status) {
    auto* const app = firmware.add_subcommand("publish", "Describe, upload and release a file.");
    auto const session = std::make_shared<Session>();
    auto const wanted = std::make_shared<Publication>();
    app->add_option("file,--file", wanted->file, "The file.")->required();
    for (auto const& argument : firmware_arguments()) add_argument(*app, *session, argument);
    app->add_flag("--accept-mismatch", wanted->accept_mismatch,
                  "Although the image tells another version.");
    add_common(*app, *session);
    app->callback(
        [&exit_status, session, wanted] { exit_status = run_publish(*session, *wanted); });
}

void add_health(CLI::App& root, int& exit_status) {
    static Command const ready{
        .noun = "",
        .verb = "health",
        .meaning = "Ask whether the server is ready; exit code 1: it is not.",
        .method = "GET",
        .path = "/readyz",
        .arguments = {}};
    add_command(root, ready, exit_status);
}

}  // namespace

void add_operator_commands(CLI::App& root, int& exit_status) {
    for (auto const& noun : nouns()) {
        auto* const app = root.add_subcommand(std::string(noun.name), std::string(noun.meaning));
        app->require_subcommand(1);
        for (auto const& command : commands()) {
            if (command.noun == noun.name) add_command(*app, command, exit_status);
        }
        if (noun.name == "firmware") add_publish(*app, exit_status);
    }
    add_health(root, exit_status);
}

}  // namespace updraft::cli
