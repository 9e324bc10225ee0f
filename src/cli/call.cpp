#include "cli/call.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "cli/body.h"
#include "cli/body_file.h"
#include "cli/rollout_words.h"
#include "json/writer.h"
#include "text/percent.h"
#include "text/whole_number.h"
#include "vocabulary/ascii.h"

namespace updraft::cli {
namespace {

constexpr std::string_view no_rollout = "none";

// "--waves" of "--waves", "--id" of "id,--id".
std::string flag_of(Argument const& argument) {
    auto const dashes = argument.flags.find("--");
    return std::string(argument.flags.substr(dashes == std::string_view::npos ? 0 : dashes));
}

tl::unexpected<Error> must_be(Argument const& argument, char const* what) {
    return fail(Errc::invalid, std::string(argument.flags) + " must be " + what);
}

std::string in_quotes(std::string_view text) {
    std::string json;
    json::append_string(json, text);
    return json;
}

std::string list_of(std::vector<std::string> const& texts) {
    std::string json = "[";
    for (auto const& text : texts) json += (json.size() > 1 ? "," : "") + in_quotes(text);
    return json + "]";
}

Result<void> put_number(Body& body, Argument const& argument, std::string const& text) {
    auto const number = text::read_whole(text);
    if (!number) return must_be(argument, "a whole number");
    body.put(argument.name, std::to_string(*number));
    return {};
}

Result<void> put_truth(Body& body, Argument const& argument, std::string const& text) {
    if (text != "true" && text != "false") return must_be(argument, "true or false");
    body.put(argument.name, text);
    return {};
}

// JSON that was made from a text, or why it could not be.
Result<void> put_made(Body& body, Argument const& argument, Result<std::string> made) {
    if (!made) return fail(made.error().code, flag_of(argument) + " " + made.error().detail);
    body.put(argument.name, *std::move(made));
    return {};
}

void put_preset(Body& body, Argument const& argument, std::string const& text) {
    auto const outermost = argument.name.substr(0, argument.name.find('.'));
    body.put(text == no_rollout ? outermost : argument.name, in_quotes(text));
}

Result<void> put_file(Body& body, Argument const& argument, std::string const& file) {
    if (argument.place == Place::lines) {
        TRY_ASSIGN(auto const lines, lines_in_file(file));
        body.put(argument.name, list_of(lines));
        return {};
    }
    TRY_ASSIGN(auto const object, object_in_file(file));
    body.put_all(argument.name, object);
    return {};
}

// One member of the body, when this argument is one.
Result<void> put_member(Body& body, Argument const& argument,
                        std::vector<std::string> const& texts) {
    switch (argument.place) {
        case Place::text:
            body.put(argument.name, in_quotes(texts.back()));
            break;
        case Place::number:
            return put_number(body, argument, texts.back());
        case Place::truth:
            return put_truth(body, argument, texts.back());
        case Place::texts:
            body.put(argument.name, list_of(texts));
            break;
        case Place::flag:
            body.put(argument.name, "true");
            break;
        case Place::null:
            body.put(argument.name, "null");
            break;
        case Place::object:
        case Place::lines:
            return put_file(body, argument, texts.back());
        case Place::waves:
            return put_made(body, argument, waves_as_json(texts.back()));
        case Place::window:
            return put_made(body, argument, window_as_json(texts.back()));
        case Place::preset:
            put_preset(body, argument, texts.back());
            break;
        case Place::path:
        case Place::query:
        case Place::file:
        case Place::local:
            break;
    }
    return {};
}

void replace_in_path(std::string& path, std::string_view name, std::string const& text) {
    auto const slot = "{" + std::string(name) + "}";
    if (auto const at = path.find(slot); at != std::string::npos) {
        path.replace(at, slot.size(), text::percent_encoded(text));
    }
}

bool is_word_letter(char letter) {
    return letter == '_' || text::is_digit(letter) ||
           (ascii_lower(letter) >= 'a' && ascii_lower(letter) <= 'z');
}

// A name such as firmwareVersion, which is no word of a sentence.
bool is_api_word(std::string_view name) {
    return std::ranges::any_of(name, [](char letter) { return ascii_lower(letter) != letter; });
}

// Replaces whole words; a word of a sentence only where the text begins with it.
std::string replace_word(std::string text, std::string_view word, std::string_view by) {
    std::size_t at = 0;
    while ((at = text.find(word, at)) != std::string::npos) {
        auto const end = at + word.size();
        auto const whole = (at == 0 || !is_word_letter(text[at - 1])) &&
                           (end == text.size() || !is_word_letter(text[end]));
        if (whole && (at == 0 || is_api_word(word))) text.replace(at, word.size(), by);
        at += whole ? by.size() : word.size();
    }
    return text;
}

bool is_given(Given const& given, Argument const& argument) {
    auto const found = given.find(argument.flags);
    return found != given.end() && !found->second.empty();
}

// What is wrong with arguments that are right one by one.
Result<void> check_together(Command const& command, Given const& given) {
    for (auto const& preset : command.arguments) {
        if (preset.place != Place::preset || !is_given(given, preset)) continue;
        if (given.at(preset.flags).back() != no_rollout) continue;
        auto const inside = preset.name.substr(0, preset.name.find('.') + 1);
        for (auto const& argument : command.arguments) {
            if (argument.place == Place::preset || !argument.name.starts_with(inside)) continue;
            if (!is_given(given, argument) || inside.empty()) continue;
            return fail(Errc::invalid,
                        flag_of(argument) + " does not go with " + flag_of(preset) + " none");
        }
    }
    return {};
}

// Members of the body that two of the given arguments set, such as --open-id and --unbind.
Result<void> set_once(Command const& command, Given const& given) {
    std::map<std::string_view, std::string_view> flags;
    for (auto const& argument : command.arguments) {
        auto const in_body = argument.place != Place::path && argument.place != Place::query &&
                             argument.place != Place::file && argument.place != Place::local;
        if (!in_body || !given.contains(argument.flags)) continue;
        auto const [first, is_first] = flags.emplace(argument.name, argument.flags);
        if (is_first) continue;
        return fail(Errc::invalid, "give either " + std::string(first->second) + " or " +
                                       std::string(argument.flags) + ", not both");
    }
    return {};
}

// The other call of a command whose id may be given. Nothing when this is not one, or has no id.
std::optional<Result<Call>> call_of_one(Command const& command, Given const& given) {
    if (command.path_of_one.empty()) return {};
    Call call{.method = "GET", .path = std::string(command.path_of_one)};
    Argument const* id = nullptr;
    Argument const* other = nullptr;
    for (auto const& argument : command.arguments) {
        if (is_given(given, argument)) (argument.place == Place::path ? id : other) = &argument;
    }
    if (id == nullptr) return {};
    if (other != nullptr) {
        return fail(Errc::invalid, flag_of(*other) + " does not go with " + flag_of(*id));
    }
    replace_in_path(call.path, id->name, given.at(id->flags).back());
    return call;
}

}  // namespace

std::string in_flags(Command const& command, std::string_view text) {
    std::string said(text);
    for (auto const& argument : command.arguments) {
        auto const dashes = argument.flags.find("--");
        if (argument.name.empty() || dashes == std::string_view::npos) continue;
        auto const flag = argument.flags.substr(dashes);
        auto const as_member = "\"" + std::string(argument.name) + "\":true";
        if (auto const at = said.find(as_member); at != std::string::npos) {
            said.replace(at, as_member.size(), flag);
        }
        if (argument.place == Place::null) continue;
        said = replace_word(std::move(said), argument.name, flag);
    }
    return said;
}

Result<void> may_be_sent(std::string const& file) {
    std::error_code error;
    if (!std::filesystem::is_directory(file, error)) return {};
    return fail(Errc::invalid, file + " cannot be read: it is a directory");
}

Result<Call> call_of(Command const& command, Given const& given) {
    if (auto call = call_of_one(command, given)) return *std::move(call);
    TRY(check_together(command, given));
    TRY(set_once(command, given));
    Call call{.method = std::string(command.method), .path = std::string(command.path)};
    call.content_type = command.content_type;
    std::string query;
    Body body;
    for (auto const& argument : command.arguments) {
        auto const found = given.find(argument.flags);
        if (found == given.end() || found->second.empty()) continue;
        auto const& texts = found->second;
        if (argument.place == Place::path) replace_in_path(call.path, argument.name, texts.back());
        if (argument.place == Place::file) call.file = texts.back();
        if (argument.place == Place::query) {
            query += query.empty() ? '?' : '&';
            query += std::string(argument.name) + "=" + text::percent_encoded(texts.back());
        }
        TRY(put_member(body, argument, texts));
    }
    call.body = body.text();
    call.path += query;
    if (!call.file.empty()) TRY(may_be_sent(call.file));
    if (command.method == "PUT" && !call.file.empty() && call.file != "-") {
        TRY_ASSIGN(auto const digest, content_digest_of(call.file));
        call.headers.push_back("Content-Digest: " + digest);
    }
    return call;
}

}  // namespace updraft::cli
