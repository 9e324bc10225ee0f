// The rows of declared models.
//
// Lives here: what the domain asks of them.
// Not here:   the noun (fleet/model.h), the SQL (sqlstore/tables/models_rows.cpp).
#pragma once

#include "fleet/model.h"
#include "vocabulary/result.h"

namespace updraft {

class ModelsTable {
public:
    virtual ~ModelsTable() = default;
    // The defaults when it was not declared.
    [[nodiscard]] virtual Result<fleet::Model> find(ModelName const& name) const = 0;
    virtual Result<void> put(fleet::Model const& model) = 0;
};

}  // namespace updraft
