#include "simulator/reception.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "json/reader.h"
#include "json/writer.h"
#include "text/base64.h"

namespace updraft::simulator {
namespace {

std::string text_of(json::Object const& object, std::string_view name) {
    auto const text = json::text_member(object, name);
    return text && *text ? **text : std::string{};
}

std::string line_of(json::Object const& message) {
    auto const type = text_of(message, "msgType");
    auto line = type + "  " + text_of(message, "did") + "  ";
    auto const version = text_of(message, "firmwareVersion");
    if (type == "ota_upgrade_progress") {
        auto const progress = json::whole_member(message, "progress");
        auto const percent = progress && *progress ? **progress : std::int64_t{-1};
        return line + version + "  " + std::to_string(percent) + " %";
    }
    if (type == "ota_upgrade_result") {
        if (text_of(message, "upgradeResult") == "1") return line + version + "  succeeded";
        return line + version + "  failed: " + text_of(message, "cause");
    }
    if (type == "ota_new_firmware") {
        auto const offer = json::object_member(message, "upgradeFirmware");
        auto const newer = offer && *offer ? text_of(**offer, "firmwareVersion") : "?";
        return line + "\"" + text_of(message, "name") + "\"  " + version + " -> " + newer;
    }
    if (type == "ota_firmware_withdrawn") return line + version;
    return line + "(unknown msgType)";
}

std::string echo_answer(std::string_view echo) {
    std::string answer;
    json::Writer(answer).object().member("code", 0).member("result", echo).end();
    return answer;
}

}  // namespace

bool signed_with(Secret const& push_secret, std::string_view id, std::string_view timestamp,
                 std::string_view body, std::string_view signatures) {
    static constexpr std::string_view prefix = "whsec_";
    auto const& secret = push_secret.reveal();
    if (!secret.starts_with(prefix)) return false;
    auto const key = text::read_base64(std::string_view(secret).substr(prefix.size()));
    if (!key) return false;
    auto const content = std::string(id) + "." + std::string(timestamp) + "." + std::string(body);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int bytes = 0;
    auto const* const data =
        static_cast<unsigned char const*>(static_cast<void const*>(content.data()));
    if (HMAC(EVP_sha256(), key->data(), static_cast<int>(key->size()), data, content.size(),
             digest.data(), &bytes) == nullptr) {
        return false;
    }
    auto const* const raw = static_cast<char const*>(static_cast<void const*>(digest.data()));
    auto const wanted = "v1," + text::base64({raw, bytes});
    auto right = false;
    while (!signatures.empty()) {
        auto const space = std::min(signatures.find(' '), signatures.size());
        right = same_secret(signatures.substr(0, space), wanted) || right;
        signatures.remove_prefix(std::min(space + 1, signatures.size()));
    }
    return right;
}

Reception receive(Field const& field, std::string_view body, Secret const& push_secret) {
    auto const refuse = [](int status, std::string const& why) {
        Reception reception;
        reception.status = status;
        reception.answer = R"({"code":)" + std::to_string(status) + "}";
        reception.line = "refused: " + why;
        return reception;
    };
    auto const id = field("webhook-id");
    auto const timestamp = field("webhook-timestamp");
    auto const signatures = field("webhook-signature");
    if (!id || !timestamp || !signatures) return refuse(401, "webhook headers are missing");
    if (!signed_with(push_secret, *id, *timestamp, body, *signatures)) {
        return refuse(401, "the signature is wrong");
    }
    auto const message = json::read_object(body);
    if (!message) return refuse(400, message.error().detail);
    Reception reception;
    if (auto const echo = text_of(*message, "echostr"); !echo.empty()) {
        reception.answer = echo_answer(echo);
        reception.line = "verification of the push URL: answered";
        return reception;
    }
    reception.answer = R"({"code":0})";
    reception.line = line_of(*message);
    return reception;
}

}  // namespace updraft::simulator
