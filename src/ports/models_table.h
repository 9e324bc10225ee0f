// Rows of declared models.
//
// Lives here: the interface that the domain uses.
// Not here:   the type (fleet/model.h), the SQL (sqlstore/tables/models_rows.cpp).
#pragma once

#include "fleet/model.h"
#include "vocabulary/result.h"

namespace updraft {

class ModelsTable {
public:
    virtual ~ModelsTable() = default;
    // The declared values, or the defaults when the model was not declared.
    [[nodiscard]] virtual Result<fleet::Model> find(ModelName const& name) const = 0;
    virtual Result<void> put(fleet::Model const& model) = 0;
};

}  // namespace updraft
