#include "sqlstore/dialect.h"

namespace updraft::sqlstore {

std::string spoken(Dialect const& dialect, std::string_view migration) {
    static constexpr std::string_view word = "/*clustered*/";
    std::string text;
    text.reserve(migration.size());
    for (;;) {
        auto const at = migration.find(word);
        text += migration.substr(0, at);
        if (at == std::string_view::npos) return text;
        text += dialect.clustered;
        migration.remove_prefix(at + word.size());
    }
}

}  // namespace updraft::sqlstore
