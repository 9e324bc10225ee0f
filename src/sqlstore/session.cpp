#include "sqlstore/session.h"

namespace updraft::sqlstore {

void Session::note_mistype(std::string_view sql, int column, std::string_view wanted) {
    if (!mistype_.empty()) return;
    mistype_ = "column " + std::to_string(column) + " is not " + std::string(wanted) +
               " in: " + std::string(sql.substr(0, 200));
}

}  // namespace updraft::sqlstore
