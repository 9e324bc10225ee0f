#include "keeping/manifest.h"

#include "json/reader.h"
#include "json/writer.h"
#include "keeping/files.h"

namespace updraft::keeping {
namespace {

constexpr std::int64_t format_of_today = 1;
constexpr std::size_t manifest_bytes_max = 64 * 1024 * 1024;

// Not inlined: g++ 12 warns wrongly of an overflow when it joins two short constants.
[[gnu::noinline]] tl::unexpected<Error> missing(std::string name) {
    name += " is missing";
    return fail(Errc::invalid, std::move(name));
}

template <class T>
Result<T> required(Result<std::optional<T>> member, std::string_view name) {
    if (!member) return pass(member);
    if (!*member) return missing(std::string(name));
    return **std::move(member);
}

Result<Manifest> read_from(std::string const& text) {
    TRY_ASSIGN(auto const object, json::read_object(text));
    TRY_ASSIGN(auto const format, required(json::whole_member(object, "format"), "format"));
    if (format != format_of_today) {
        return fail(Errc::conflict, "the backup was made by a newer Updraft, in another form");
    }
    Manifest manifest;
    TRY_ASSIGN(auto const made_at, required(json::text_member(object, "madeAt"), "madeAt"));
    manifest.made_at = read_rfc3339(made_at).value_or(Instant{});
    TRY_ASSIGN(manifest.program, required(json::text_member(object, "program"), "program"));
    TRY_ASSIGN(manifest.store_bytes,
               required(json::whole_member(object, "storeBytes"), "storeBytes"));
    TRY_ASSIGN(manifest.store_sha256,
               required(json::text_member(object, "storeSha256"), "storeSha256"));
    TRY_ASSIGN(manifest.artifacts, required(json::whole_member(object, "artifacts"), "artifacts"));
    TRY_ASSIGN(manifest.artifact_bytes,
               required(json::whole_member(object, "artifactBytes"), "artifactBytes"));
    TRY_ASSIGN(manifest.with_key, required(json::truth_member(object, "withKey"), "withKey"));
    // The member is absent in backups of earlier versions, which always contain the artifacts.
    TRY_ASSIGN(auto const with_artifacts, json::truth_member(object, "withArtifacts"));
    manifest.with_artifacts = with_artifacts.value_or(true);
    TRY_ASSIGN(auto const* const missing, json::array_member(object, "missing"));
    if (missing == nullptr) return manifest;
    for (auto const& one : *missing) {
        if (one.string() == nullptr) return fail(Errc::invalid, "missing must hold texts");
        manifest.missing.push_back(*one.string());
    }
    return manifest;
}

}  // namespace

Result<void> write_manifest(std::filesystem::path const& backup, Manifest const& manifest) {
    std::string text;
    json::Writer writer(text);
    writer.object()
        .member("format", format_of_today)
        .member("madeAt", rfc3339(manifest.made_at))
        .member("program", manifest.program)
        .member("storeBytes", manifest.store_bytes)
        .member("storeSha256", manifest.store_sha256)
        .member("artifacts", manifest.artifacts)
        .member("artifactBytes", manifest.artifact_bytes)
        .member("withKey", manifest.with_key)
        .member("withArtifacts", manifest.with_artifacts);
    writer.key("missing").array();
    for (auto const& sha256 : manifest.missing) writer.value(sha256);
    writer.end().end();
    text += "\n";
    return write_file(backup / manifest_name, text);
}

Result<Manifest> read_manifest(std::filesystem::path const& backup) {
    auto const path = backup / manifest_name;
    TRY_ASSIGN(auto const is_complete, is_there(path));
    if (!is_complete) {
        return fail(Errc::not_found,
                    backup.string() + " is no complete backup: it has no manifest.json");
    }
    TRY_ASSIGN(auto const text, read_file(path, manifest_bytes_max));
    auto manifest = read_from(text);
    if (manifest || manifest.error().code == Errc::conflict) return manifest;
    return fail(Errc::corrupt, path.string() + " cannot be read: " + manifest.error().detail);
}

}  // namespace updraft::keeping
