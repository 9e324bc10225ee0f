#include "simulator/ddi_words.h"

#include "json/reader.h"
#include "json/writer.h"
#include "text/percent.h"
#include "text/whole_number.h"

namespace updraft::simulator {
namespace {

// A required member.
Result<json::Object const*> object_in(json::Object const& outer, std::string_view name) {
    TRY_ASSIGN(auto const* inner, json::object_member(outer, name));
    if (inner == nullptr) return fail(Errc::invalid, std::string(name) + " is missing");
    return inner;
}

Result<std::string> text_in(json::Object const& outer, std::string_view name) {
    TRY_ASSIGN(auto text, json::text_member(outer, name));
    if (!text) return fail(Errc::invalid, std::string(name) + " is missing");
    return *std::move(text);
}

Result<json::Object const*> first_in(json::Object const& outer, std::string_view name) {
    TRY_ASSIGN(auto const* list, json::array_member(outer, name));
    if (list == nullptr || list->empty()) {
        return fail(Errc::invalid, std::string(name) + " is missing or empty");
    }
    auto const* first = list->front().object();
    if (first == nullptr) return fail(Errc::invalid, std::string(name) + " holds no objects");
    return first;
}

// The href of a link; empty when there is no such link.
Result<std::string> link_in(json::Object const& outer, std::string_view name) {
    TRY_ASSIGN(auto const* links, json::object_member(outer, "_links"));
    if (links == nullptr) return std::string{};
    TRY_ASSIGN(auto const* link, json::object_member(*links, name));
    if (link == nullptr) return std::string{};
    return text_in(*link, "href");
}

std::optional<Millis> read_sleep(std::string_view text) {
    if (text.size() != 8 || text[2] != ':' || text[5] != ':') return {};
    auto const hours = text::digits_at(text, 0, 2);
    auto const minutes = text::digits_at(text, 3, 2);
    auto const seconds = text::digits_at(text, 6, 2);
    if (!hours || !minutes || !seconds) return {};
    return std::chrono::hours{*hours} + std::chrono::minutes{*minutes} +
           std::chrono::seconds{*seconds};
}

}  // namespace

Result<PollAnswer> read_poll(std::string_view text) {
    TRY_ASSIGN(auto const document, json::read_object(text));
    PollAnswer answer;
    TRY_ASSIGN(auto const* config, object_in(document, "config"));
    TRY_ASSIGN(auto const* polling, object_in(*config, "polling"));
    TRY_ASSIGN(auto const sleep, text_in(*polling, "sleep"));
    answer.sleep = read_sleep(sleep);
    TRY_ASSIGN(answer.deployment, link_in(document, "deploymentBase"));
    TRY_ASSIGN(answer.cancel, link_in(document, "cancelAction"));
    TRY_ASSIGN(answer.config, link_in(document, "configData"));
    return answer;
}

Result<Assignment> read_deployment(std::string_view text) {
    TRY_ASSIGN(auto const document, json::read_object(text));
    Assignment assignment;
    TRY_ASSIGN(assignment.id, text_in(document, "id"));
    TRY_ASSIGN(auto const* deployment, object_in(document, "deployment"));
    TRY_ASSIGN(auto const* chunk, first_in(*deployment, "chunks"));
    TRY_ASSIGN(assignment.version, text_in(*chunk, "version"));
    TRY_ASSIGN(auto const* artifact, first_in(*chunk, "artifacts"));
    TRY_ASSIGN(assignment.file_name, text_in(*artifact, "filename"));
    TRY_ASSIGN(auto const bytes, json::whole_member(*artifact, "size"));
    if (!bytes || *bytes < 0) return fail(Errc::invalid, "size is missing or negative");
    assignment.bytes = *bytes;
    TRY_ASSIGN(auto const* hashes, object_in(*artifact, "hashes"));
    TRY_ASSIGN(assignment.sha256, text_in(*hashes, "sha256"));
    TRY_ASSIGN(assignment.link, link_in(*artifact, "download"));
    if (assignment.link.empty()) {
        TRY_ASSIGN(assignment.link, link_in(*artifact, "download-http"));
    }
    if (assignment.link.empty()) return fail(Errc::invalid, "the artifact has no download link");
    return assignment;
}

Result<std::string> read_cancel(std::string_view text) {
    TRY_ASSIGN(auto const document, json::read_object(text));
    TRY_ASSIGN(auto const* cancel, object_in(document, "cancelAction"));
    return text_in(*cancel, "stopId");
}

std::string write_feedback(std::string_view id, Report const& report) {
    std::string text;
    json::Writer writer(text);
    writer.object().member("id", id).key("status").object();
    writer.member("execution", report.execution);
    writer.key("result").object().member("finished", report.finished);
    if (report.percent) {
        writer.key("progress").object().member("cnt", *report.percent).member("of", 100).end();
    }
    writer.end().key("details").array();
    if (!report.detail.empty()) writer.value(std::string_view(report.detail));
    writer.end().end().end();
    return text;
}

std::string write_config_data(NamedTexts const& attributes) {
    std::string text;
    json::Writer writer(text);
    writer.object().member("mode", "merge").key("data").object();
    for (auto const& [name, value] : attributes) writer.member(name, std::string_view(value));
    writer.end().end();
    return text;
}

std::string controller_path(std::string_view tenant, std::string_view did) {
    return "/" + std::string(tenant) + "/controller/v1/" + text::percent_encoded(did);
}

}  // namespace updraft::simulator
