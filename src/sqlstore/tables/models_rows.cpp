#include "sqlstore/tables/models_rows.h"

#include <iterator>
#include <set>

#include "sqlstore/tables/pages.h"

namespace updraft::sqlstore {
namespace {

constexpr std::string_view one_model =
    "SELECT display_name, upgradable, success, polling_seconds, chunk_part, release_plan, "
    "min_approvals, mqtt_operation FROM models WHERE name = $1";
constexpr std::string_view newest_version =
    "SELECT version FROM releases WHERE model = $1 AND release_order > 0 AND state = 'released' "
    "ORDER BY release_order DESC LIMIT 1";

// The models that devices name, one after the other: one look-up in the index for each.
constexpr std::string_view models_of_devices =
    "WITH RECURSIVE names (name, nth) AS (SELECT "
    "(SELECT d.model FROM devices d WHERE d.model > $1 ORDER BY d.model LIMIT 1), 1 "
    "UNION ALL SELECT (SELECT d.model FROM devices d WHERE d.model > names.name "
    "ORDER BY d.model LIMIT 1), names.nth + 1 FROM names "
    "WHERE names.name IS NOT NULL AND names.nth < $2) "
    "SELECT name FROM names WHERE name IS NOT NULL";
constexpr std::string_view models_of_releases =
    "WITH RECURSIVE names (name, nth) AS (SELECT "
    "(SELECT r.model FROM releases r WHERE r.model > $1 ORDER BY r.model LIMIT 1), 1 "
    "UNION ALL SELECT (SELECT r.model FROM releases r WHERE r.model > names.name "
    "ORDER BY r.model LIMIT 1), names.nth + 1 FROM names "
    "WHERE names.name IS NOT NULL AND names.nth < $2) "
    "SELECT name FROM names WHERE name IS NOT NULL";
constexpr std::string_view declared_models =
    "SELECT name FROM models WHERE name > $1 ORDER BY name LIMIT $2";

// With the defaults of a model that was not declared.
fleet::Model undeclared(ModelName const& name) {
    fleet::Model model;
    model.name = name;
    return model;
}

Result<std::optional<fleet::Model>> declared_model(Session& session, ModelName const& name) {
    TRY_ASSIGN(auto rows, session.query(one_model, name));
    TRY_ASSIGN(auto const declared, rows.next());
    if (!declared) return std::nullopt;
    auto model = undeclared(name);
    model.display_name = rows.text(0);
    model.upgradable = rows.truth(1);
    model.success =
        fleet::read_success_criterion(rows.text(2)).value_or(fleet::SuccessCriterion::report);
    model.polling_seconds = rows.maybe_number(3);
    model.chunk_part = rows.text(4);
    model.release_plan = rows.text(5);
    model.approvals_min = rows.number(6);
    model.mqtt_operation = rows.text(7);
    return model;
}

Result<KnownModel> known_model(Session& session, ModelName const& name) {
    KnownModel known;
    TRY_ASSIGN(auto declared, declared_model(session, name));
    known.declared = declared.has_value();
    known.model = std::move(declared).value_or(undeclared(name));
    TRY_ASSIGN(auto rows, session.query(newest_version, name));
    TRY_ASSIGN(bool const released, rows.next());
    if (released) known.newest = rows.name<Version>(0);
    return known;
}

}  // namespace

Result<fleet::Model> read_model(Session& session, ModelName const& name) {
    TRY_ASSIGN(auto declared, declared_model(session, name));
    return std::move(declared).value_or(undeclared(name));
}

Result<fleet::Model> ModelsRows::find(ModelName const& name) const {
    if (auto const* hit = known_.find(name)) return *hit;
    TRY_ASSIGN(auto model, read_model(session_, name));
    known_.keep(name, model);
    return model;
}

Result<KnownModel> ModelsRows::known(ModelName const& name) const {
    TRY_ASSIGN(auto known, known_model(session_, name));
    if (known.declared) return known;
    for (auto const sql : {"SELECT did FROM devices WHERE model = $1 ORDER BY did LIMIT 1",
                           "SELECT id FROM releases WHERE model = $1 ORDER BY id LIMIT 1"}) {
        TRY_ASSIGN(auto rows, session_.query(sql, name));
        TRY_ASSIGN(bool const named, rows.next());
        if (named) return known;
    }
    return fail(Errc::not_found, "no such model");
}

Result<Page<KnownModel>> ModelsRows::list(PageAsk const& ask) const {
    std::set<ModelName> names;
    for (auto const sql : {declared_models, models_of_devices, models_of_releases}) {
        TRY_ASSIGN(auto rows, session_.query(sql, ask.after.value_or(""), ask.limit + 1));
        auto const read = [](Rows const& row) -> Result<ModelName> {
            return row.name<ModelName>(0);
        };
        TRY_ASSIGN(auto some, all_of<ModelName>(rows, read));
        names.insert(some.begin(), some.end());
    }
    Page<KnownModel> page;
    auto const more = std::ssize(names) > ask.limit;
    if (more) names.erase(std::next(names.begin(), ask.limit), names.end());
    for (auto const& name : names) {
        session_.expect(one_model, name);
        session_.expect(newest_version, name);
    }
    for (auto const& name : names) {
        TRY_ASSIGN(auto known, known_model(session_, name));
        page.items.push_back(std::move(known));
    }
    if (more) page.next = names.rbegin()->value;
    return page;
}

Result<void> ModelsRows::put(fleet::Model const& model) {
    TRY(session_.change(
        "INSERT INTO models (name, display_name, upgradable, success, polling_seconds, chunk_part, "
        "release_plan, min_approvals, mqtt_operation) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (name) DO UPDATE SET "
        "display_name = excluded.display_name, upgradable = excluded.upgradable, "
        "success = excluded.success, polling_seconds = excluded.polling_seconds, "
        "chunk_part = excluded.chunk_part, release_plan = excluded.release_plan, "
        "min_approvals = excluded.min_approvals, mqtt_operation = excluded.mqtt_operation",
        model.name, model.display_name, model.upgradable, word(model.success),
        model.polling_seconds, model.chunk_part, model.release_plan, model.approvals_min,
        model.mqtt_operation));
    caches_.changed(Cached::catalogs);
    return {};
}

}  // namespace updraft::sqlstore
