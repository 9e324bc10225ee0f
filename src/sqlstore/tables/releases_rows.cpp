#include "sqlstore/tables/releases_rows.h"

#include <array>
#include <limits>

#include "json/reader.h"
#include "json/writer.h"
#include "sqlstore/tables/holds_rows.h"
#include "sqlstore/tables/models_rows.h"
#include "sqlstore/tables/pages.h"
#include "sqlstore/tables/rollout_columns.h"
#include "sqlstore/tables/sequences.h"
#include "vocabulary/version_spelling.h"

#define RELEASE_COLUMNS                                                                      \
    "id, model, version, update_log, release_date, requires_version, file_name, bytes, "     \
    "sha256, sha1, md5, state, release_order, created_at, released_at, image, reported_as, " \
    "availability, changed_at"

namespace updraft::sqlstore {
namespace {

// Limit of releases of one model in its catalog, which is kept in memory.
constexpr std::int64_t catalog_max = 10'000;

Result<firmware::ReleaseState> read_release_state(std::string_view text) {
    if (auto const state = firmware::read_release_state(text)) return *state;
    return fail(Errc::corrupt, "a stored release has the state " + std::string(text));
}

Result<firmware::Availability> read_availability(std::string_view text) {
    if (auto const availability = firmware::read_availability(text)) return *availability;
    return fail(Errc::corrupt, "a stored release is available to " + std::string(text));
}

std::string written(std::vector<Version> const& versions) {
    std::string text;
    json::Writer writer(text);
    writer.array();
    for (auto const& version : versions) writer.value(version.value);
    writer.end();
    return text;
}

Result<std::vector<Version>> read_versions(std::string_view text) {
    if (text == "[]") return std::vector<Version>{};
    auto const value = json::read(text);
    auto const* const array = value ? value->array() : nullptr;
    if (array == nullptr) return fail(Errc::corrupt, "a stored list of versions is no list");
    std::vector<Version> versions;
    for (auto const& item : *array) {
        auto const* const version = item.string();
        if (version == nullptr) return fail(Errc::corrupt, "a stored version is no text");
        versions.push_back({*version});
    }
    return versions;
}

Result<firmware::Release> read_release(Rows const& rows) {
    TRY_ASSIGN(auto requires_version, read_versions(rows.text(5)));
    TRY_ASSIGN(auto reported_as, read_versions(rows.text(16)));
    TRY_ASSIGN(auto const state, read_release_state(rows.text(11)));
    TRY_ASSIGN(auto const availability, read_availability(rows.text(17)));
    firmware::Release release{
        .id = rows.id<ReleaseId>(0),
        .model = rows.name<ModelName>(1),
        .version = rows.name<Version>(2),
        .reported_as = std::move(reported_as),
        .update_log = std::string(rows.text(3)),
        .release_date = std::string(rows.text(4)),
        .requires_version = std::move(requires_version),
        .file_name = std::string(rows.text(6)),
        .artifact = std::nullopt,
        .inside = firmware::read_version_inside(rows.text(15)),
        .state = state,
        .availability = availability,
        .changed_at = rows.maybe_instant(18),
        .order = rows.number(12),
        .created_at = rows.instant(13),
        .released_at = rows.maybe_instant(14),
    };
    if (!rows.is_null(7)) {
        release.artifact = firmware::Artifact{
            .bytes = rows.number(7),
            .digests = {.sha256 = std::string(rows.text(8)),
                        .sha1 = std::string(rows.text(9)),
                        .md5 = std::string(rows.text(10))},
            .image = std::string(rows.text(15)),
        };
    }
    return release;
}

tl::unexpected<Error> name_taken(std::string_view field, Version const& version,
                                 ModelName const& model) {
    return fail(Errc::conflict, std::string(field) + " " + version.value +
                                    " is a version of another firmware of deviceModel " +
                                    model.value);
}

// The columns of an artifact; without an artifact they are null, and `image` is empty.
struct ArtifactColumns {
    std::optional<std::int64_t> bytes;
    std::optional<std::string_view> sha256;
    std::optional<std::string_view> sha1;
    std::optional<std::string_view> md5;
    std::string_view image = {};  // Empty when there is none.
};

ArtifactColumns columns_of(std::optional<firmware::Artifact> const& artifact) {
    if (!artifact) return {};
    return {artifact->bytes, artifact->digests.sha256, artifact->digests.sha1,
            artifact->digests.md5, artifact->image};
}

}  // namespace

Result<std::shared_ptr<firmware::Catalog const>> ReleasesRows::catalog(
    ModelName const& model) const {
    if (auto const* hit = catalogs_.find(model)) return *hit;
    auto catalog = std::make_shared<firmware::Catalog>();
    TRY_ASSIGN(catalog->model, read_model(session_, model));
    {
        TRY_ASSIGN(auto rows,
                   session_.query("SELECT " RELEASE_COLUMNS " FROM releases WHERE model = $1 "
                                  "AND release_order > 0 ORDER BY release_order LIMIT $2",
                                  model, catalog_max));
        auto const read = [](Rows const& row) { return read_release(row); };
        TRY_ASSIGN(catalog->releases, all_of<firmware::Release>(rows, read));
    }
    TRY_ASSIGN(catalog->holds, read_holds(session_, *catalog));
    TRY_ASSIGN(catalog->rollouts, read_rollouts(session_, model));
    std::shared_ptr<firmware::Catalog const> shared = std::move(catalog);
    catalogs_.keep(model, shared);
    return shared;
}

Result<firmware::Release> ReleasesRows::find(ReleaseId id) const {
    TRY_ASSIGN(auto rows,
               session_.query("SELECT " RELEASE_COLUMNS " FROM releases WHERE id = $1", id));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return fail(Errc::not_found, "no such firmware");
    return read_release(rows);
}

Result<Page<firmware::Release>> ReleasesRows::list(ReleaseFilter const& filter,
                                                   PageAsk const& ask) const {
    static constexpr std::string_view of_model =
        "SELECT " RELEASE_COLUMNS
        " FROM releases WHERE model = $1 AND id < $2 "
        "AND state = COALESCE($3, state) ORDER BY id DESC LIMIT $4";
    static constexpr std::string_view of_state = "SELECT " RELEASE_COLUMNS
                                                 " FROM releases WHERE state = $1 AND id < $2 "
                                                 "ORDER BY id DESC LIMIT $3";
    static constexpr std::string_view of_all =
        "SELECT " RELEASE_COLUMNS " FROM releases WHERE id < $1 ORDER BY id DESC LIMIT $2";

    TRY_ASSIGN(auto const before, number_after(ask, std::numeric_limits<std::int64_t>::max()));
    auto const limit = ask.limit + 1;
    auto const read = [](Rows const& rows) { return read_release(rows); };
    auto const key = [](firmware::Release const& release) {
        return std::to_string(release.id.value);
    };
    std::optional<std::string_view> state;
    if (filter.state) state = word(*filter.state);
    if (filter.model) {
        return page_of(session_.query(of_model, *filter.model, before, state, limit), ask, read,
                       key);
    }
    if (state) return page_of(session_.query(of_state, *state, before, limit), ask, read, key);
    return page_of(session_.query(of_all, before, limit), ask, read, key);
}

Result<bool> ReleasesRows::names_artifact(std::string const& sha256) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT id FROM releases WHERE sha256 = $1 "
                                         "ORDER BY id LIMIT 1",
                                         sha256));
    return rows.next();
}

Result<ReleaseId> ReleasesRows::insert(firmware::Release const& release) {
    TRY_ASSIGN(auto const number, take_numbers(session_, "releases"));
    ReleaseId const id{nth_device_safe_id(number)};
    auto const artifact = columns_of(release.artifact);
    TRY_ASSIGN(auto const inserted,
               session_.execute(
                   "INSERT INTO releases (" RELEASE_COLUMNS ") "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
                   "$16, $17, $18, $19) "
                   "ON CONFLICT (model, version) DO NOTHING",
                   id, release.model, release.version, release.update_log, release.release_date,
                   written(release.requires_version), release.file_name, artifact.bytes,
                   artifact.sha256, artifact.sha1, artifact.md5, word(release.state), release.order,
                   release.created_at, release.released_at, artifact.image,
                   written(release.reported_as), word(release.availability), release.changed_at));
    if (inserted == 0) return name_taken("firmwareVersion", release.version, release.model);
    TRY_ASSIGN(bool const is_new, name(release.model, release.version, id));
    if (!is_new) return name_taken("firmwareVersion", release.version, release.model);
    TRY(name_others(id, release));
    if (release.order > 0) caches_.changed(Cached::catalogs);
    return id;
}

Result<void> ReleasesRows::replace(firmware::Release const& release) {
    auto const artifact = columns_of(release.artifact);
    TRY_ASSIGN(
        auto const changed,
        session_.execute(
            "UPDATE releases SET version = $2, update_log = $3, release_date = $4, "
            "requires_version = $5, file_name = $6, bytes = $7, sha256 = $8, sha1 = $9, "
            "md5 = $10, state = $11, release_order = $12, released_at = $13, "
            "image = $14, availability = $15, changed_at = $16 WHERE id = $1",
            release.id, release.version, release.update_log, release.release_date,
            written(release.requires_version), release.file_name, artifact.bytes, artifact.sha256,
            artifact.sha1, artifact.md5, word(release.state), release.order, release.released_at,
            artifact.image, word(release.availability), release.changed_at));
    if (changed == 0) return fail(Errc::not_found, "no such firmware");
    caches_.changed(Cached::catalogs);
    return {};
}

// The own version keeps its row: two old releases of a model may have spellings of one version, and
// then only one of them has it.
Result<void> ReleasesRows::rename(firmware::Release const& release) {
    TRY(session_.change("DELETE FROM release_names WHERE release_id = $1 AND name <> $2",
                        release.id, bare_version(release.version.value)));
    TRY(name_others(release.id, release));
    TRY_ASSIGN(auto const changed,
               session_.execute("UPDATE releases SET reported_as = $2 WHERE id = $1", release.id,
                                written(release.reported_as)));
    if (changed == 0) return fail(Errc::not_found, "no such firmware");
    caches_.changed(Cached::catalogs);
    return {};
}

// False when another release of the model has that name. The name of a release that is not there
// any more is free: programs from before this table remove a draft without its names.
Result<bool> ReleasesRows::name(ModelName const& model, Version const& version, ReleaseId id) {
    TRY_ASSIGN(auto const named,
               session_.execute("INSERT INTO release_names (model, name, release_id) "
                                "VALUES ($1, $2, $3) ON CONFLICT (model, name) DO UPDATE "
                                "SET release_id = excluded.release_id "
                                "WHERE release_names.release_id = excluded.release_id "
                                "OR NOT EXISTS (SELECT 1 FROM releases r "
                                "WHERE r.id = release_names.release_id)",
                                model, bare_version(version.value), id));
    return named > 0;
}

Result<void> ReleasesRows::name_others(ReleaseId id, firmware::Release const& release) {
    for (auto const& other : release.reported_as) {
        if (is_same_version(other, release.version)) continue;
        TRY_ASSIGN(bool const is_new, name(release.model, other, id));
        if (!is_new) return name_taken("reportedAs", other, release.model);
    }
    return {};
}

Result<void> ReleasesRows::remove(ReleaseId id) {
    TRY(session_.change("DELETE FROM release_names WHERE release_id = $1", id));
    TRY_ASSIGN(auto const removed, session_.execute("DELETE FROM releases WHERE id = $1", id));
    if (removed == 0) return fail(Errc::not_found, "no such firmware");
    caches_.changed(Cached::catalogs);
    return {};
}

Result<std::int64_t> ReleasesRows::next_order() {
    TRY_ASSIGN(auto const number, take_numbers(session_, "release_order"));
    return number + 1;
}

}  // namespace updraft::sqlstore
