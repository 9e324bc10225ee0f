#include "app/commands/demo_guide.h"

#include <array>

namespace updraft::app {
namespace {

struct Line {
    std::string_view what;
    std::string_view path;
    std::string_view payload;
};
constexpr std::array<Line, 7> lines{{
    {"Which of Alice's devices can be upgraded?", "/open/ota/query/firmware", "{}"},
    {"Can this one?", "/open/ota/query/firmware/selected", R"({"did":"lamp-hall"})"},
    {"Upgrade this one. Then watch the pushes below: progress, and the result.",
     "/open/ota/upgrade/firmware/selected", R"({"did":"lamp-hall"})"},
    {"Upgrade all of them (the porch lamp will fail, and the push says why).",
     "/open/ota/upgrade/firmware", "{}"},
    {"What is running?", "/open/ota/query/upgrade", "{}"},
    {"Stop one.", "/open/ota/upgrade/cancel", R"({"did":"lamp-desk"})"},
    {"How did it end?", "/open/ota/query/firmware/upgrade/history", "{}"},
}};

std::string curl_line(std::string const& origin, DemoStage const& stage, DemoUser const& user,
                      std::string_view path, std::string_view payload) {
    return "curl -s " + origin + std::string(path) + " -H 'Appid: " + stage.appid +
           "' -H 'Appkey: " + stage.appkey + "' -H 'Access-Token: " + user.access_token + "' -d '" +
           std::string(payload) + "'; echo\n";
}

}  // namespace

std::string demo_guide(std::string const& origin, DemoStage const& stage, Secret const& admin_token,
                       std::string const& program) {
    auto const& alice = stage.users.front();
    auto const& bob = stage.users.back();
    auto text = std::string(
        "\nAlice has three lamps, a thermostat and a lock; Bob has a shop with one of each. New\n"
        "firmware waits for lamps and thermostats. Paste these into another terminal:\n\n");
    for (auto const& line : lines) {
        text += "# " + std::string(line.what) + "\n";
        text += curl_line(origin, stage, alice, line.path, line.payload);
    }
    text += "# Bob sees his own devices only.\n";
    text += curl_line(origin, stage, bob, "/open/ota/query/firmware", "{}");
    text += "# A new user, as the app makes one (contract of the tokens: docs/open-api.md).\n";
    text += "curl -s " + origin + "/open/account/access/get -H 'Appid: " + stage.appid +
            "' -H 'Appkey: " + stage.appkey + R"(' -d '{"accountId":"carol"}'; echo)" + "\n";
    text += "\nAs the operator:\n\n";
    text += "export UPDRAFT_URL=" + origin + " UPDRAFT_ADMIN_TOKEN=" + admin_token.reveal() + "\n";
    for (auto const* const command : {"device list", "upgrade list", "push list"}) {
        text += program + " " + command + "\n";
    }
    text += "# Sixteen meters get new firmware by a rollout, in three waves. One of them fails.\n";
    text += program + " rollout watch " + stage.rollout_id + "\n";
    text +=
        "\nWhat devices do and what the app's backend is sent appears here. Ctrl-C ends it.\n\n";
    return text;
}

}  // namespace updraft::app
