#include "admin/show_app.h"

#include <algorithm>
#include <array>
#include <utility>

#include "admin/answer.h"
#include "push/delivery.h"

namespace updraft::admin {
namespace {

constexpr auto events = std::to_array<std::pair<std::string_view, bool access::PushEvents::*>>({
    {wire_word(push::MsgType::progress), &access::PushEvents::progress},
    {wire_word(push::MsgType::result), &access::PushEvents::result},
    {wire_word(push::MsgType::new_firmware), &access::PushEvents::new_firmware},
    {wire_word(push::MsgType::withdrawn), &access::PushEvents::withdrawn},
});

}  // namespace

void write_app(json::Writer& writer, access::App const& app) {
    writer.object()
        .member("appid", app.appid.value)
        .member("name", app.name)
        .member("disabled", app.disabled)
        .member("otaEnabled", app.ota_enabled)
        .member("pushUrl", app.push_url);
    writer.key("pushEvents").array();
    for (auto const& [word, subscribed] : events) {
        if (app.push_events.*subscribed) writer.value(word);
    }
    writer.end();
    writer.member("pushState", word(app.push_state));
    time_member(writer, "createdAt", app.created_at);
    writer.end();
}

std::string body_of(access::App const& app) {
    std::string body;
    json::Writer writer(body);
    write_app(writer, app);
    return body;
}

Result<access::PushEvents> read_push_events(json::Object const& said) {
    TRY_ASSIGN(auto const* const list, json::array_member(said, "pushEvents"));
    if (list == nullptr) return access::PushEvents{};
    access::PushEvents subscribed{
        .progress = false, .result = false, .new_firmware = false, .withdrawn = false};
    for (auto const& entry : *list) {
        auto const* const text = entry.string();
        auto const known = std::ranges::find_if(
            events, [&](auto const& event) { return text != nullptr && *text == event.first; });
        if (known == events.end()) {
            return fail(Errc::invalid,
                        "pushEvents may hold ota_upgrade_progress, ota_upgrade_result, "
                        "ota_new_firmware and ota_firmware_withdrawn only");
        }
        subscribed.*known->second = true;
    }
    return subscribed;
}

}  // namespace updraft::admin
