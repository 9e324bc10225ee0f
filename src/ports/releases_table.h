// Rows of firmware releases.
//
// Lives here: the interface that the domain uses.
// Not here:   the type (firmware/release.h), the SQL (sqlstore/tables/releases_rows.cpp).
#pragma once

#include <memory>
#include <optional>

#include "firmware/release.h"
#include "vocabulary/page.h"
#include "vocabulary/result.h"

namespace updraft {

struct ReleaseFilter {
    std::optional<ModelName> model = {};
    std::optional<firmware::ReleaseState> state = {};
};

class ReleasesTable {
public:
    virtual ~ReleasesTable() = default;

    // The releases that an offer for a model is chosen from. Served from a cache that is never
    // older than the newest commit. An unknown model has an empty catalog.
    [[nodiscard]] virtual Result<std::shared_ptr<firmware::Catalog const>> catalog(
        ModelName const& model) const = 0;
    [[nodiscard]] virtual Result<firmware::Release> find(ReleaseId id) const = 0;
    // Newest first.
    [[nodiscard]] virtual Result<Page<firmware::Release>> list(ReleaseFilter const& filter,
                                                               PageAsk const& ask) const = 0;
    // True when a release names that artifact, so that it must be kept.
    [[nodiscard]] virtual Result<bool> names_artifact(std::string const& sha256) const = 0;

    // Answers the new id. Errc::conflict when another release of this model has the same version or
    // one of `reported_as`, in any spelling (vocabulary/version_spelling.h).
    virtual Result<ReleaseId> insert(firmware::Release const& release) = 0;
    // Replaces everything but id, model, created_at and reported_as.
    virtual Result<void> replace(firmware::Release const& release) = 0;
    // Replaces reported_as. Errc::conflict as insert().
    virtual Result<void> rename(firmware::Release const& release) = 0;
    virtual Result<void> remove(ReleaseId id) = 0;
    // The next position in the order of releases.
    virtual Result<std::int64_t> next_order() = 0;
};

}  // namespace updraft
