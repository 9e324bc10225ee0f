#include "cli/operate.h"

#include <iostream>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "cli/call.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "cli/pages.h"
#include "cli/progress_bar.h"
#include "cli/publish.h"
#include "cli/put_device.h"
#include "cli/rollout_watch.h"
#include "cli/show.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "text/clean_text.h"

namespace updraft::cli {
namespace {

// The arguments of one command.
struct Session {
    Connection connection;
    bool json = false;
    std::map<std::string_view, std::vector<std::string>> values;  // By the arguments' flags.
};

void add_common(Syntax const& syntax, Session& session) {
    add_connection_flags(syntax, session.connection);
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

// The call succeeded, but its answer says that not everything was done.
bool has_failed(Command const& command, json::Object const& answer) {
    if (command.shape == Shape::verdict) {
        auto const state = json::text_member(answer, "pushState");
        auto const acknowledged = json::truth_member(answer, "acknowledged");
        auto const verified = state && *state == "verified";
        return !verified && !(acknowledged && acknowledged->value_or(false));
    }
    if (command.shape != Shape::counts) return false;
    auto const rejected = json::whole_member(answer, "rejectedCount");
    if (rejected && rejected->value_or(0) > 0) return true;
    auto const refused = json::array_member(answer, "refused");
    return refused && *refused != nullptr && !(*refused)->empty();
}

Table table_for(Command const& command) {
    return Table(Row(command.columns.begin(), command.columns.end()), columns_of_stdout());
}

int show_columns(Command const& command, std::string_view body) {
    auto const page = read_page(body);
    if (!page) return refuse(page.error().detail);
    std::cout << table_for(command).page(rows_of(page->items, command.columns));
    // Not on stdout, where a program that reads the lines would take it for one of them.
    if (page->next_cursor) {
        std::cerr << "more: --cursor " << text::escaped(*page->next_cursor) << "\n";
    }
    return 0;
}

int show(Command const& command, Answer const& answer, bool raw) {
    if (raw) print_json(answer.body);
    if (!answer.good()) return refuse(problem_in(command, answer));
    auto const object = json::read_object(answer.body);
    auto const status = object && has_failed(command, *object) ? 1 : 0;
    if (raw) return status;
    if (command.shape == Shape::nothing || answer.body.empty()) {
        std::cout << "done\n";
        return 0;
    }
    if (!object) {
        std::cout << text::escaped(answer.body, "\n\t") << "\n";
        return 0;
    }
    if (command.shape == Shape::columns) return show_columns(command, answer.body);
    std::cout << as_fields(*object, columns_of_stdout());
    return status;
}

// All pages of a list: as one table, or each item as a line of JSON.
int show_all(Command const& command, Endpoint const& endpoint, Given const& given, bool as_lines) {
    auto table = table_for(command);
    auto const walk = walk_pages(endpoint, command, given, [&](Page const& page) {
        if (as_lines) {
            for (auto const& item : page.texts) print_json(item);
        } else {
            std::cout << table.page(rows_of(page.items, command.columns));
        }
        return flush_output();
    });
    if (!walk.error) return 0;
    if (!walk.cursor) return refuse(walk.error->detail);
    return refuse(walk.error->detail + "; the list goes on at --cursor " + *walk.cursor);
}

// The question of a command, with its arguments in it.
std::string question_of(Command const& command, Given const& given) {
    std::string question(command.question);
    for (auto const& argument : command.arguments) {
        auto const slot = "{" + std::string(argument.name) + "}";
        auto const at = question.find(slot);
        auto const found = given.find(argument.flags);
        if (at == std::string::npos || found == given.end()) continue;
        question.replace(at, slot.size(), found->second.back());
    }
    return question;
}

// False when somebody was asked and did not agree.
bool may_go_on(Command const& command, Given const& given) {
    if (command.question.empty() || given.contains(yes.flags) || !somebody_answers()) return true;
    return agrees(question_of(command, given) + " This cannot be undone.");
}

// As carry_out(), with a progress bar on a terminal when a file is sent.
Result<Answer> carry_out_visibly(Endpoint const& endpoint, Call call) {
    ProgressBar bar(call.file);
    if (!call.file.empty() && bar.visible()) {
        call.on_sent = [&bar](Sent const& sent) { bar.draw(sent); };
    }
    return carry_out(endpoint, call);
}

// The bar is removed before the answer is shown.
Result<Answer> publish_visibly(Endpoint const& endpoint, Publication wanted) {
    ProgressBar bar(wanted.file);
    if (bar.visible()) wanted.on_sent = [&bar](Sent const& sent) { bar.draw(sent); };
    return publish(endpoint, wanted);
}

bool puts_device(Command const& command) {
    return command.noun == "device" && command.verb == "put";
}

int run(Command const& command, Session const& session) {
    auto const given = given_in(session);
    auto call = call_of(command, given);
    if (!call) return refuse(call.error().detail, wrong_usage);
    auto const endpoint = endpoint_of(session.connection);
    if (!endpoint) return refuse(endpoint.error().detail, wrong_usage);
    if (command.shape == Shape::lines || given.contains(all_pages.flags)) {
        auto const as_lines = session.json || command.shape == Shape::lines;
        return show_all(command, *endpoint, given, as_lines);
    }
    if (!may_go_on(command, given)) return refuse("nothing was changed");
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
    for (auto const& argument : release_arguments()) arguments.push_back(argument);
    return arguments;
}

int run_publish(Session const& session, Publication wanted) {
    wanted.description = given_in(session);
    for (auto const& argument : release_arguments()) {
        auto part = wanted.description.extract(argument.flags);
        if (!part.empty()) wanted.release.insert(std::move(part));
    }
    Command const shown{.noun = "firmware",
                        .verb = "publish",
                        .meaning = "",
                        .method = "POST",
                        .path = "",
                        .arguments = publish_arguments()};
    auto const readable = may_be_sent(wanted.file);
    if (!readable) return refuse(readable.error().detail, wrong_usage);
    auto const endpoint = endpoint_of(session.connection);
    if (!endpoint) return refuse(endpoint.error().detail, wrong_usage);
    auto const answer = publish_visibly(*endpoint, std::move(wanted));
    if (!answer) return refuse(answer.error().detail);
    return show(shown, *answer, session.json);
}

void add_command(Syntax const& noun, Command const& command) {
    auto const syntax = noun.command(std::string(command.verb), std::string(command.meaning));
    for (auto const name : other_names(command.verb)) syntax.also(std::string(name));
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
        if (noun.name == "rollout") add_rollout_views(syntax);
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
