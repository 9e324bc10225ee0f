#include "sqlstore/tables/models_rows.h"

namespace updraft::sqlstore {
Result<fleet::Model> read_model(Session& session, ModelName const& name) {
    TRY_ASSIGN(auto rows, session.query("SELECT display_name, upgradable, success, "
                                        "polling_seconds, chunk_part FROM models WHERE name = $1",
                                        name));
    fleet::Model model;
    model.name = name;
    TRY_ASSIGN(auto const declared, rows.next());
    if (!declared) return model;
    model.display_name = rows.text(0);
    model.upgradable = rows.truth(1);
    model.success =
        fleet::read_success_criterion(rows.text(2)).value_or(fleet::SuccessCriterion::report);
    model.polling_seconds = rows.maybe_number(3);
    model.chunk_part = rows.text(4);
    return model;
}

Result<fleet::Model> ModelsRows::find(ModelName const& name) const {
    if (auto const* hit = known_.find(name)) return *hit;
    TRY_ASSIGN(auto model, read_model(session_, name));
    known_.keep(name, model);
    return model;
}

Result<void> ModelsRows::put(fleet::Model const& model) {
    TRY(session_.change(
        "INSERT INTO models (name, display_name, upgradable, success, polling_seconds, chunk_part) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO UPDATE SET "
        "display_name = excluded.display_name, upgradable = excluded.upgradable, "
        "success = excluded.success, polling_seconds = excluded.polling_seconds, "
        "chunk_part = excluded.chunk_part",
        model.name, model.display_name, model.upgradable, word(model.success),
        model.polling_seconds, model.chunk_part));
    caches_.changed(Cached::catalogs);
    return {};
}

}  // namespace updraft::sqlstore
