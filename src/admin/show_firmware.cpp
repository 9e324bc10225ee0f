#include "admin/show_firmware.h"

#include "admin/answer.h"

namespace updraft::admin {
namespace {

void write_versions(json::Writer& writer, std::string_view name,
                    std::vector<Version> const& versions) {
    writer.key(name).array();
    for (auto const& version : versions) writer.value(version.value);
    writer.end();
}

void write_members(json::Writer& writer, firmware::Release const& release) {
    writer.object()
        .member("id", std::to_string(release.id.value))
        .member("deviceModel", release.model.value)
        .member("firmwareVersion", release.version.value);
    text_or_null(writer, "updateLog", release.update_log);
    text_or_null(writer, "releaseDate", release.release_date);
    write_versions(writer, "requiresVersion", release.requires_version);
    write_versions(writer, "reportedAs", release.reported_as);
    text_or_null(writer, "fileName", release.file_name);
    writer.key("fileSize");
    if (release.artifact) {
        writer.value(release.artifact->bytes);
    } else {
        writer.null();
    }
    text_or_null(writer, "sha256",
                 release.artifact ? std::string_view(release.artifact->digests.sha256) : "");
    writer.member("state", word(release.state));
    bool const was_released = release.state != firmware::ReleaseState::draft;
    text_or_null(writer, "availability", was_released ? word(release.availability) : "");
    time_member(writer, "createdAt", release.created_at);
    time_member(writer, "releasedAt", release.released_at);
}

}  // namespace

void write_release(json::Writer& writer, firmware::Release const& release) {
    write_members(writer, release);
    writer.end();
}

namespace {

// The members that a single firmware is shown with; the object stays open.
void write_alone(json::Writer& writer, firmware::Release const& release) {
    write_members(writer, release);
    writer.key("image");
    if (release.artifact && !release.artifact->image.empty()) {
        writer.raw(release.artifact->image);
    } else {
        writer.null();
    }
}

}  // namespace

std::string body_of(firmware::Release const& release, upgrade::Stopped const* stopped) {
    std::string body;
    json::Writer writer(body);
    write_alone(writer, release);
    if (stopped != nullptr) {
        writer.member("ended", stopped->ended).member("asked", stopped->asked);
    }
    writer.end();
    return body;
}

std::string body_of(firmware::Release const& release, std::span<std::string const> warnings) {
    std::string body;
    json::Writer writer(body);
    write_alone(writer, release);
    if (!warnings.empty()) {
        writer.key("warnings").array();
        for (auto const& warning : warnings) writer.value(warning);
        writer.end();
    }
    writer.end();
    return body;
}

}  // namespace updraft::admin
