// The OpenAPI 3.1 description of the admin API and the open API.
//
// Lives here: the text of the files of src/admin/openapi, joined and embedded by the build.
//
// Not here:   the routes that it describes (admin/routes.cpp, openota/routes.h).
#pragma once

#include <string_view>

namespace updraft::admin {

extern std::string_view const openapi_document;

}  // namespace updraft::admin
