#include "app/commands/demo_stage.h"

#include <array>
#include <utility>

#include "app/commands/fleet_enrolment.h"
#include "json/reader.h"
#include "json/writer.h"

namespace updraft::app {
namespace {

struct DemoDevice {
    std::string_view did;
    std::string_view name;
    std::string_view model;
    std::string_view version;
    std::string_view open_id;
    bool unlucky = false;
};
constexpr std::array<DemoDevice, 8> demo_devices{{
    {"lamp-hall", "Hall lamp", "lumen-a19", "1.0.0", "alice"},
    {"lamp-desk", "Desk lamp", "lumen-a19", "1.0.0", "alice"},
    {"lamp-porch", "Porch lamp", "lumen-a19", "1.0.0", "alice", true},
    {"thermo-bed", "Bedroom thermostat", "climate-s", "3.0.6_0015.0515", "alice"},
    {"lock-front", "Front door lock", "gatekeeper-2", "2.4.1", "alice"},
    {"lamp-shop", "Shop lamp", "lumen-a19", "1.0.0", "bob"},
    {"thermo-shop", "Shop thermostat", "climate-s", "3.0.6_0015.0515", "bob"},
    {"lock-shop", "Shop door lock", "gatekeeper-2", "2.4.1", "bob"},
}};

// Nobody owns the meters: a rollout upgrades them.
constexpr std::string_view meter_model = "meter-e3";
constexpr std::string_view meter_version = "5.0.2";
constexpr std::size_t meters = 16;
constexpr std::size_t unlucky_meter = 13;

struct DemoRelease {
    std::string_view model;
    std::string_view version;
    std::string_view update_log;
    std::size_t bytes;
    // Of the release. The times of the rollout are so short that it has ended after a minute.
    std::string_view how = "{}";
};
constexpr std::array<DemoRelease, 3> demo_releases{{
    {"lumen-a19", "1.1.0", "Warmer white, and no more flicker below 5 %.", 2'000'000},
    {"climate-s", "3.1.0_0021.0612", "Learns when the window is open.", 1'400'000},
    {meter_model, "5.1.0", "Reads in steps of a second.", 600'000,
     R"({"rollout":{"name":"Meters","mode":"install","plan":{)"
     R"("waves":[{"name":"lab","devices":2,"soak":"5s"},{"devices":8,"soak":"5s"},)"
     R"({"percent":100,"soak":"5s"}],)"
     R"("settleTime":"10s","silentAfter":"6s","window":"any"}}})"},
}};

constexpr std::array<std::string_view, 2> demo_users{"alice", "bob"};

// Bytes that do not compress, the same in every demo.
std::string firmware_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    std::uint64_t state = count;
    for (auto& byte : bytes) {
        state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
        byte = static_cast<char>(state >> 56);
    }
    return bytes;
}

// Makes calls one after another; an error names the call.
class Operator {
public:
    explicit Operator(cli::Endpoint const& endpoint) : endpoint_(endpoint) {}

    Result<std::string> call(std::string method, std::string const& path, std::string body,
                             std::string content_type = "application/json") const {
        cli::Call call;
        call.path = "/admin/v1" + path;
        auto const what = method + " " + call.path;
        call.method = std::move(method);
        call.body = std::move(body);
        call.content_type = std::move(content_type);
        return must_be_good(cli::carry_out(endpoint_, call), what);
    }

private:
    cli::Endpoint const& endpoint_;
};

Result<std::string> text_in(std::string const& document, std::string_view name) {
    TRY_ASSIGN(auto const object, json::read_object(document));
    TRY_ASSIGN(auto const text, json::text_member(object, name));
    if (!text) return fail(Errc::invalid, "an answer has no " + std::string(name));
    return *text;
}

std::string object_of(
    std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
    std::string body;
    json::Writer writer(body);
    writer.object();
    for (auto const& [name, text] : members) writer.member(name, text);
    writer.end();
    return body;
}

Result<void> publish(Operator const& by, DemoRelease const& release) {
    auto const body = object_of({{"deviceModel", release.model},
                                 {"firmwareVersion", release.version},
                                 {"updateLog", release.update_log}});
    TRY_ASSIGN(auto const made, by.call("POST", "/firmware", body));
    TRY_ASSIGN(auto const id, text_in(made, "id"));
    auto const path = "/firmware/" + id;
    auto bytes = firmware_bytes(release.bytes);
    TRY(by.call("PUT", path + "/file", std::move(bytes), "application/octet-stream"));
    TRY(by.call("POST", path + "/release", std::string(release.how)));
    return {};
}

Result<std::string> first_rollout(Operator const& by) {
    TRY_ASSIGN(auto const page, by.call("GET", "/rollouts", ""));
    TRY_ASSIGN(auto const object, json::read_object(page));
    TRY_ASSIGN(auto const* items, json::array_member(object, "items"));
    auto const* first = items == nullptr || items->empty() ? nullptr : items->front().object();
    auto const id = first == nullptr ? nullptr : first->find("id").value_or(nullptr);
    if (id != nullptr && id->string() != nullptr) return *id->string();
    if (id != nullptr && id->number() != nullptr) return id->number()->digits;
    return fail(Errc::invalid, "the demo has no rollout");
}

Result<void> enrol_meters(cli::Endpoint const& endpoint, DemoStage& stage) {
    auto const fields =
        object_of({{"deviceModel", meter_model}, {"firmwareVersion", meter_version}});
    for (std::size_t i = 1; i <= meters; ++i) {
        auto const did = "meter-" + std::to_string(i);
        TRY_ASSIGN(auto const token, enrol_one(endpoint, did, fields));
        auto& group = i == unlucky_meter ? stage.unlucky : stage.members;
        group.push_back({did, "TargetToken " + token, std::string(meter_version)});
    }
    return {};
}

}  // namespace

Result<DemoStage> set_the_stage(cli::Endpoint const& endpoint, std::string const& push_url,
                                std::function<void(Secret)> const& trust) {
    Operator const by(endpoint);
    DemoStage stage;
    TRY_ASSIGN(auto const app, by.call("POST", "/apps", object_of({{"name", "Demo app"}})));
    TRY_ASSIGN(stage.appid, text_in(app, "appid"));
    TRY_ASSIGN(stage.appkey, text_in(app, "appkey"));
    TRY_ASSIGN(auto push_secret, text_in(app, "pushSecret"));
    trust(Secret(std::move(push_secret)));
    auto const app_path = "/apps/" + stage.appid;
    TRY(by.call("PATCH", app_path, object_of({{"pushUrl", push_url}})));
    for (auto const user : demo_users) {
        TRY_ASSIGN(auto const grant,
                   by.call("POST", app_path + "/grants", object_of({{"openId", user}})));
        TRY_ASSIGN(auto token, text_in(grant, "accessToken"));
        stage.users.push_back({std::string(user), std::move(token)});
    }
    for (auto const& device : demo_devices) {
        auto const fields = object_of({{"name", device.name},
                                       {"deviceModel", device.model},
                                       {"firmwareVersion", device.version},
                                       {"openId", device.open_id}});
        TRY_ASSIGN(auto const token, enrol_one(endpoint, std::string(device.did), fields));
        auto& group = device.unlucky ? stage.unlucky : stage.members;
        group.push_back(
            {std::string(device.did), "TargetToken " + token, std::string(device.version)});
    }
    TRY(enrol_meters(endpoint, stage));
    for (auto const& release : demo_releases) TRY(publish(by, release));
    TRY_ASSIGN(stage.rollout_id, first_rollout(by));
    return stage;
}

}  // namespace updraft::app
