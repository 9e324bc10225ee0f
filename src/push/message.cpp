#include "push/message.h"

#include <algorithm>

#include "json/reader.h"
#include "json/writer.h"

namespace updraft::push {

std::string progress_body(upgrade::Upgrade const& upgrade) {
    std::string body;
    json::Writer w(body);
    w.object();
    w.member("msgType", wire_word(MsgType::progress));
    w.member("did", upgrade.did.value);
    w.member("firmwareVersion", upgrade.version.value);
    w.member("progress", std::clamp(upgrade.progress, 0, 99));
    w.end();
    return body;
}

std::string result_body(upgrade::Upgrade const& upgrade) {
    bool const succeeded = upgrade.state == upgrade::State::succeeded;
    std::string body;
    json::Writer w(body);
    w.object();
    w.member("msgType", wire_word(MsgType::result));
    w.member("did", upgrade.did.value);
    w.member("firmwareVersion", upgrade.version.value);
    w.member("upgradeResult", succeeded ? "1" : "0");
    if (!succeeded) w.member("cause", upgrade.cause);
    w.end();
    return body;
}

std::string new_firmware_body(fleet::Device const& device, firmware::Release const& release) {
    auto const bytes = release.artifact ? release.artifact->bytes : 0;
    std::string body;
    json::Writer w(body);
    w.object();
    w.member("msgType", wire_word(MsgType::new_firmware));
    w.member("did", device.did.value);
    w.member("name", device.name);
    w.member("deviceModel", device.model.value);
    w.member("firmwareVersion", device.version.value);
    w.key("upgradeFirmware").object();
    w.member("firmwareVersion", release.version.value);
    w.member("fileSize", std::to_string(bytes));
    w.member("updateLog", release.update_log);
    w.member("releaseDate", release.release_date);
    w.end();
    w.end();
    return body;
}

std::string withdrawn_body(Did const& did, Version const& version) {
    std::string body;
    json::Writer w(body);
    w.object();
    w.member("msgType", wire_word(MsgType::withdrawn));
    w.member("did", did.value);
    w.member("firmwareVersion", version.value);
    w.end();
    return body;
}

std::optional<Version> version_in_notice(std::string_view body) {
    auto const object = json::read_object(body);
    if (!object) return std::nullopt;
    auto const offer = json::object_member(*object, "upgradeFirmware");
    if (!offer || *offer == nullptr) return std::nullopt;
    auto const version = json::text_member(**offer, "firmwareVersion");
    if (!version || !*version) return std::nullopt;
    return Version{**version};
}

std::string verification_body(std::string_view echo) {
    std::string body;
    json::Writer w(body);
    w.object().member("echostr", echo).end();
    return body;
}

}  // namespace updraft::push
