#include "ddi/identify.h"

#include "ddi/wording.h"
#include "vocabulary/ascii.h"

namespace updraft::ddi {
namespace {

constexpr std::string_view tenant = "default";

}  // namespace

Result<DeviceCall> read_device_call(http::Request const& request) {
    if (!same_name(request.params[tenant_param], tenant)) {
        return fail(Errc::not_found, "there is no such tenant");
    }
    TRY_ASSIGN(auto credential,
               access::read_device_credential(request.field("Authorization").value_or("")));
    // A text that can't be a did is looked up like any other, so that all unknown ones answer
    // alike.
    return DeviceCall{Did{request.params[did_param]}, credential};
}

std::string base_link(http::Request const& request) {
    auto link = request.origin();
    link += '/';
    link += encoded_segment(request.params[tenant_param]);
    link += "/controller/v1/";
    link += encoded_segment(request.params[did_param]);
    return link;
}

Result<std::int64_t> id_of(http::Request const& request) {
    auto const id = read_id(request.params[id_param]);
    if (!id) return fail(Errc::not_found, "this device has no such action");
    return *id;
}

}  // namespace updraft::ddi
