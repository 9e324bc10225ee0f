#include "admin/media_type.h"

#include <algorithm>

#include "vocabulary/ascii.h"

namespace updraft::admin {

bool has_media_type(http::Request const& request, std::string_view type) {
    return std::ranges::any_of(request.fields, [&](http::Field const& field) {
        if (!same_name(field.name, "Content-Type")) return false;
        auto said = trimmed(std::string_view(field.value).substr(0, field.value.find(';')));
        if (type.ends_with('/')) said = said.substr(0, type.size());
        return same_name(said, type);
    });
}

}  // namespace updraft::admin
