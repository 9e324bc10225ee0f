#include "cli/publish.h"

#include <filesystem>

#include "json/reader.h"

namespace updraft::cli {
namespace {

Command const& command_of(std::string_view verb) {
    for (auto const& command : commands()) {
        if (command.noun == "firmware" && command.verb == verb) return command;
    }
    return commands().front();  // Not reached: tests check that the table has the verbs used here.
}

Result<Answer> ask(Endpoint const& endpoint, std::string_view verb, Given const& given,
                   std::function<void(Sent const&)> on_sent = {}) {
    TRY_ASSIGN(auto call, call_of(command_of(verb), given));
    call.on_sent = std::move(on_sent);
    return carry_out(endpoint, call);
}

Result<std::string> id_in(Answer const& answer) {
    TRY_ASSIGN(auto const object, json::read_object(answer.body));
    TRY_ASSIGN(auto const id, json::text_member(object, "id"));
    if (!id) return fail(Errc::invalid, "the server answered without an id");
    return *id;
}

Result<Answer> upload_and_release(Endpoint const& endpoint, Publication const& wanted,
                                  std::string const& id) {
    Given upload{{"id,--id", {id}}, {"file,--file", {wanted.file}}};
    TRY_ASSIGN(auto uploaded, ask(endpoint, "upload", upload, wanted.on_sent));
    if (!uploaded.good()) return uploaded;
    auto release = wanted.release;
    release["id,--id"] = {id};
    return ask(endpoint, "release", release);
}

}  // namespace

Result<Answer> publish(Endpoint const& endpoint, Publication const& wanted) {
    auto description = wanted.description;
    if (!description.contains("--file-name") && wanted.file != "-") {
        description["--file-name"] = {std::filesystem::path(wanted.file).filename().string()};
    }
    // Reads the file before the first call, as a wrong file name is the most frequent mistake.
    if (wanted.file != "-") TRY(content_digest_of(wanted.file));
    TRY_ASSIGN(auto created, ask(endpoint, "create", description));
    if (!created.good()) return created;
    TRY_ASSIGN(auto const id, id_in(created));
    auto released = upload_and_release(endpoint, wanted, id);
    if (!released || !released->good()) {
        // If this fails as well, the draft stays; `firmware delete` removes it.
        [[maybe_unused]] auto const removed = ask(endpoint, "delete", {{"id,--id", {id}}});
    }
    return released;
}

}  // namespace updraft::cli
