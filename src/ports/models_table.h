// Rows of declared models.
//
// Lives here: the interface that the domain uses.
// Not here:   the type (fleet/model.h), the SQL (sqlstore/tables/models_rows.cpp).
#pragma once

#include <optional>

#include "fleet/model.h"
#include "vocabulary/page.h"
#include "vocabulary/result.h"

namespace updraft {

// A model that was declared, or that a device or a firmware names.
struct KnownModel {
    fleet::Model model;  // The defaults unless it was declared.
    bool declared = false;
    std::optional<Version> newest;  // The version that was released last, and is not withdrawn.
};

class ModelsTable {
public:
    virtual ~ModelsTable() = default;
    // The declared values, or the defaults when the model was not declared.
    [[nodiscard]] virtual Result<fleet::Model> find(ModelName const& name) const = 0;
    // Errc::not_found when it was not declared and neither a device nor a firmware names it.
    [[nodiscard]] virtual Result<KnownModel> known(ModelName const& name) const = 0;
    // All known models in order of name. Costs the same however many devices there are.
    [[nodiscard]] virtual Result<Page<KnownModel>> list(PageAsk const& ask) const = 0;
    virtual Result<void> put(fleet::Model const& model) = 0;
};

}  // namespace updraft
