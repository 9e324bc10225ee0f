#include "cli/call.h"

#include <algorithm>
#include <cstdint>

#include "json/writer.h"
#include "text/percent.h"
#include "text/whole_number.h"
#include "vocabulary/ascii.h"

namespace updraft::cli {
namespace {

tl::unexpected<Error> must_be(Argument const& argument, char const* what) {
    return fail(Errc::invalid, std::string(argument.flags) + " must be " + what);
}

Result<void> put_number(json::Writer& body, Argument const& argument, std::string const& text) {
    auto const number = text::read_whole(text);
    if (!number) return must_be(argument, "a whole number");
    body.member(argument.name, *number);
    return {};
}

void put_texts(json::Writer& body, Argument const& argument,
               std::vector<std::string> const& texts) {
    body.key(argument.name).array();
    for (auto const& text : texts) body.value(text);
    body.end();
}

// One member of the body, when this argument is one.
Result<void> put_member(json::Writer& body, Argument const& argument,
                        std::vector<std::string> const& texts) {
    switch (argument.place) {
        case Place::text:
            body.member(argument.name, texts.back());
            break;
        case Place::number:
            return put_number(body, argument, texts.back());
        case Place::truth:
            if (texts.back() != "true" && texts.back() != "false") {
                return must_be(argument, "true or false");
            }
            body.member(argument.name, texts.back() == "true");
            break;
        case Place::texts:
            put_texts(body, argument, texts);
            break;
        case Place::flag:
            body.member(argument.name, true);
            break;
        case Place::null:
            body.key(argument.name).null();
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

Result<Call> call_of(Command const& command, Given const& given) {
    Call call{.method = std::string(command.method), .path = std::string(command.path)};
    call.content_type = command.content_type;
    std::string query;
    json::Writer body(call.body);
    body.object();
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
    body.end();
    call.path += query;
    if (command.method == "PUT" && !call.file.empty() && call.file != "-") {
        TRY_ASSIGN(auto const digest, content_digest_of(call.file));
        call.headers.push_back("Content-Digest: " + digest);
    }
    return call;
}

}  // namespace updraft::cli
