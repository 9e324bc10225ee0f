#include "cli/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <set>
#include <utility>

namespace updraft::cli {
namespace {

using testing::Contains;
using testing::HasSubstr;

Command const& command_of(std::string_view noun, std::string_view verb) {
    for (auto const& command : commands()) {
        if (command.noun == noun && command.verb == verb) return command;
    }
    throw std::out_of_range("no such command");
}

struct CallCase {
    std::string name;
    std::string noun;
    std::string verb;
    Given given;
    std::string method;
    std::string path;
    std::string body;
};
class OperatorVerb : public testing::TestWithParam<CallCase> {};
TEST_P(OperatorVerb, IsTheCallThatTheAdminApiExpects) {
    auto const& [name, noun, verb, given, method, path, body] = GetParam();
    auto const call = call_of(command_of(noun, verb), given);
    ASSERT_TRUE(call);
    EXPECT_EQ(call->method, method);
    EXPECT_EQ(call->path, path);
    EXPECT_EQ(call->body, body);
}
INSTANTIATE_TEST_SUITE_P(
    , OperatorVerb,
    testing::Values(
        CallCase{"AppCreate",
                 "app",
                 "create",
                 {{"name,--name", {"Phone \"app\""}}, {"--push-url", {"https://x/y"}}},
                 "POST",
                 "/admin/v1/apps",
                 R"({"name":"Phone \"app\"","pushUrl":"https://x/y"})"},
        CallCase{"AppSet",
                 "app",
                 "set",
                 {{"appid,--appid", {"a1"}},
                  {"--disabled", {"true"}},
                  {"--no-push-url", {""}},
                  {"--push-events", {"ota_upgrade_result", "ota_new_firmware"}}},
                 "PATCH",
                 "/admin/v1/apps/a1",
                 R"({"disabled":true,"pushUrl":null,)"
                 R"("pushEvents":["ota_upgrade_result","ota_new_firmware"]})"},
        CallCase{"DevicePutEncodesTheDid",
                 "device",
                 "put",
                 {{"did,--did", {"a/b c"}}, {"--model", {"M"}}, {"--firmware-version", {"1"}}},
                 "PUT",
                 "/admin/v1/devices/a%2Fb%20c",
                 R"({"deviceModel":"M","firmwareVersion":"1"})"},
        CallCase{"DeviceListFilters",
                 "device",
                 "list",
                 {{"--model", {"M&M"}}, {"--limit", {"5"}}},
                 "GET",
                 "/admin/v1/devices?model=M%26M&limit=5",
                 "{}"},
        CallCase{"RolloutCreate",
                 "rollout",
                 "create",
                 {{"--firmware-id", {"f1"}},
                  {"--mode", {"install"}},
                  {"--preset", {"careful"}},
                  {"--waves", {"10:24h,100%"}},
                  {"--window", {"any"}}},
                 "POST",
                 "/admin/v1/rollouts",
                 R"({"firmwareId":"f1","mode":"install","plan":{"preset":"careful",)"
                 R"("waves":[{"devices":10,"soak":"24h"},{"percent":100}],"window":"any"}})"},
        CallCase{"RolloutPreviewOfOneThatExists",
                 "rollout",
                 "preview",
                 {{"id,--id", {"7"}}},
                 "GET",
                 "/admin/v1/rollouts/7/preview",
                 ""},
        CallCase{"RolloutResume",
                 "rollout",
                 "resume",
                 {{"id,--id", {"7"}}, {"--acknowledge", {""}}, {"--note", {"it was the lab"}}},
                 "POST",
                 "/admin/v1/rollouts/7/resume",
                 R"({"note":"it was the lab","acknowledge":true})"},
        CallCase{"ModelSetWithoutAReleasePlan",
                 "model",
                 "set",
                 {{"model,--model", {"lamp"}}, {"--no-release-plan", {""}}, {"--min-approvals", {"1"}}},
                 "PATCH",
                 "/admin/v1/models/lamp",
                 R"({"releasePlan":null,"minApprovals":1})"},
        CallCase{"FirmwareReleaseWithARollout",
                 "firmware",
                 "release",
                 {{"id,--id", {"f1"}},
                  {"--rollout", {"standard"}},
                  {"--mode", {"install"}},
                  {"--window", {"any"}}},
                 "POST",
                 "/admin/v1/firmware/f1/release",
                 R"({"rollout":{"plan":{"preset":"standard","window":"any"},"mode":"install"}})"},
        CallCase{"FirmwareReleaseWithoutARollout",
                 "firmware",
                 "release",
                 {{"id,--id", {"f1"}}, {"--rollout", {"none"}}, {"--note", {"urgent"}}},
                 "POST",
                 "/admin/v1/firmware/f1/release",
                 R"({"rollout":"none","note":"urgent"})"},
        CallCase{"EveryFilterIsAParameterOfTheQuery",
                 "device",
                 "list",
                 {{"--version", {"1 0"}},
                  {"--tag", {"berlin"}},
                  {"-q,--q", {"lamp-"}},
                  {"--seen", {"on_time"}},
                  {"--active", {"true"}},
                  {"--all", {""}}},
                 "GET",
                 "/admin/v1/devices?version=1%200&tag=berlin&q=lamp-&seen=on_time&active=true",
                 "{}"},
        CallCase{"TagsAreAList",
                 "device",
                 "set",
                 {{"did,--did", {"d"}}, {"--tags", {"berlin", "beta"}}},
                 "PATCH",
                 "/admin/v1/devices/d",
                 R"({"tags":["berlin","beta"]})"},
        CallCase{"OffersAfterIsForgotten",
                 "device",
                 "set",
                 {{"did,--did", {"d"}}, {"--no-offers-after", {""}}},
                 "PATCH",
                 "/admin/v1/devices/d",
                 R"({"offersAfter":null})"},
        CallCase{"WhyOfARelease",
                 "device",
                 "why",
                 {{"did,--did", {"d"}}, {"--firmware-id", {"11"}}},
                 "GET",
                 "/admin/v1/devices/d/why?firmwareId=11",
                 "{}"},
        CallCase{"OperatorCreate",
                 "operator",
                 "create",
                 {{"name,--name", {"anna"}}, {"--role", {"releaser"}}, {"--approve", {""}}},
                 "POST",
                 "/admin/v1/operators",
                 R"({"name":"anna","role":"releaser","approve":true})"},
        CallCase{"OperatorSet",
                 "operator",
                 "set",
                 {{"name,--name", {"anna@x"}}, {"--disabled", {"true"}}},
                 "PATCH",
                 "/admin/v1/operators/anna%40x",
                 R"({"disabled":true})"},
        CallCase{"TokenCreate",
                 "token",
                 "create",
                 {{"operator,--operator", {"anna"}},
                  {"--label", {"laptop"}},
                  {"--expires-in-seconds", {"3600"}}},
                 "POST",
                 "/admin/v1/operators/anna/tokens",
                 R"({"label":"laptop","expiresInSeconds":3600})"},
        CallCase{"TokenRevoke",
                 "token",
                 "revoke",
                 {{"operator,--operator", {"anna"}}, {"id,--id", {"7"}}, {"-y,--yes", {""}}},
                 "DELETE",
                 "/admin/v1/operators/anna/tokens/7",
                 "{}"},
        CallCase{"AuditList",
                 "audit",
                 "list",
                 {{"--actor", {"anna"}}, {"--since", {"2026-01-01T00:00:00Z"}}},
                 "GET",
                 "/admin/v1/audit?actor=anna&since=2026-01-01T00%3A00%3A00Z",
                 "{}"},
        CallCase{"HoldOfEverything",
                 "hold",
                 "create",
                 {{"note,--note", {"bad day"}}},
                 "POST",
                 "/admin/v1/holds",
                 R"({"note":"bad day"})"},
        CallCase{"OrderCancel",
                 "order",
                 "cancel",
                 {{"order-id,--order-id", {"o1"}}, {"--cancel", {"all"}}},
                 "POST",
                 "/admin/v1/orders/o1/cancel",
                 R"({"cancel":"all"})"},
        CallCase{"PushTest",
                 "push",
                 "test",
                 {{"appid,--appid", {"a"}}, {"--msg-type", {"ota_upgrade_result"}}},
                 "POST",
                 "/admin/v1/apps/a/push/test",
                 R"({"msgType":"ota_upgrade_result"})"},
        CallCase{"GrantDelete",
                 "grant",
                 "delete",
                 {{"appid,--appid", {"a"}}, {"open-id,--open-id", {"u"}}},
                 "DELETE",
                 "/admin/v1/apps/a/grants/u",
                 "{}"},
        CallCase{"UpgradeCancelForced",
                 "upgrade",
                 "cancel",
                 {{"id,--id", {"11"}}, {"--force", {""}}},
                 "POST",
                 "/admin/v1/upgrades/11/cancel",
                 R"({"force":true})"},
        CallCase{"OrderCreate",
                 "order",
                 "create",
                 {{"dids,--did", {"d1", "d2"}}},
                 "POST",
                 "/admin/v1/orders",
                 R"({"dids":["d1","d2"]})"},
        CallCase{
            "ModelSet",
            "model",
            "set",
            {{"model,--model", {"M"}}, {"--upgradable", {"false"}}, {"--polling-seconds", {"30"}}},
            "PATCH",
            "/admin/v1/models/M",
            R"({"upgradable":false,"pollingSeconds":30})"},
        CallCase{"ReplaceIsNotSent",
                 "device",
                 "put",
                 {{"did,--did", {"d"}}, {"--model", {"M"}}, {"--replace", {""}}},
                 "PUT",
                 "/admin/v1/devices/d",
                 R"({"deviceModel":"M"})"}),
    [](auto const& tested) { return tested.param.name; });

TEST(OperatorCall, RefusesWhatIsNoNumberOrTruth) {
    auto const rotate = call_of(command_of("app", "rotate"), {{"--grace-seconds", {"soon"}}});
    ASSERT_FALSE(rotate);
    EXPECT_THAT(rotate.error().detail, HasSubstr("--grace-seconds"));
    EXPECT_FALSE(call_of(command_of("app", "set"), {{"--disabled", {"maybe"}}}));
}

TEST(OperatorCall, SendsTheDigestOfAFirmwareFileAlong) {
    auto const file = std::filesystem::temp_directory_path() /
                      ("updraft-call-" + std::to_string(::getpid()) + ".bin");
    std::ofstream(file, std::ios::binary) << "abc";
    auto const call = call_of(command_of("firmware", "upload"),
                              {{"id,--id", {"11"}}, {"file,--file", {file.string()}}});
    std::filesystem::remove(file);
    ASSERT_TRUE(call);
    EXPECT_EQ(call->path, "/admin/v1/firmware/11/file");
    EXPECT_THAT(call->headers, Contains("Content-Digest: "
                                        "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:"));
}

TEST(OperatorCall, NamesAFileThatIsNotThere) {
    auto const call = call_of(command_of("firmware", "upload"),
                              {{"id,--id", {"11"}}, {"file,--file", {"/nowhere/x.bin"}}});
    ASSERT_FALSE(call);
    EXPECT_THAT(call.error().detail, HasSubstr("/nowhere/x.bin"));
}

struct TranslationCase {
    std::string name;
    std::string noun;
    std::string verb;
    std::string told;
    std::string shown;
};
class ToldText : public testing::TestWithParam<TranslationCase> {};
TEST_P(ToldText, NamesTheFlagsOfTheCommand) {
    auto const& tested = GetParam();
    EXPECT_EQ(in_flags(command_of(tested.noun, tested.verb), tested.told), tested.shown);
}
INSTANTIATE_TEST_SUITE_P(
    , ToldText,
    testing::Values(
        TranslationCase{"AFlagOfTheBody", "firmware", "release",
                        R"(the file says 1; say "acceptMismatch":true to release it all the same)",
                        "the file says 1; say --accept-mismatch to release it all the same"},
        TranslationCase{"AFieldThatTheTextBeginsWith", "app", "create", "name must not be empty",
                        "--name must not be empty"},
        TranslationCase{"AWordOfTheSentence", "app", "create", "the name of an app",
                        "the name of an app"},
        TranslationCase{"ANameOfTheApiAnywhere", "device", "set",
                        "not with this firmwareVersion, but firmwareVersions",
                        "not with this --firmware-version, but firmwareVersions"},
        TranslationCase{"AnotherNameThanTheFlag", "app", "set", "pushUrl must begin with https://",
                        "--push-url must begin with https://"},
        TranslationCase{"AFieldOfNoArgument", "firmware", "release", "firmwareVersion is 2",
                        "firmwareVersion is 2"}),
    [](auto const& tested) { return tested.param.name; });

struct TogetherCase {
    std::string name;
    std::string noun;
    std::string verb;
    Given given;
    std::string said;
};
class WrongTogether : public testing::TestWithParam<TogetherCase> {};
TEST_P(WrongTogether, IsRefusedWithTheFlags) {
    auto const& [name, noun, verb, given, said] = GetParam();
    auto const call = call_of(command_of(noun, verb), given);
    ASSERT_FALSE(call);
    EXPECT_EQ(call.error().detail, said);
}
INSTANTIATE_TEST_SUITE_P(
    , WrongTogether,
    testing::Values(
        TogetherCase{"ARolloutAndNone",
                     "firmware",
                     "release",
                     {{"--rollout", {"none"}}, {"--mode", {"offer"}}},
                     "--mode does not go with --rollout none"},
        TogetherCase{"APreviewOfTwo",
                     "rollout",
                     "preview",
                     {{"id,--id", {"7"}}, {"--firmware-id", {"f1"}}},
                     "--firmware-id does not go with --id"},
        TogetherCase{"NoWaves",
                     "rollout",
                     "create",
                     {{"--waves", {"all"}}},
                     "--waves \"all\" is no wave such as 10, 1%, 10:24h or 1%:12h:approval"},
        TogetherCase{"AFileThatIsMissing",
                     "rollout",
                     "create",
                     {{"--include", {"/nowhere/dids"}}},
                     "/nowhere/dids cannot be read: No such file or directory"}),
    [](auto const& tested) { return tested.param.name; });

TEST(RolloutFiles, BecomeListsAndObjects) {
    auto const folder = std::filesystem::path(testing::TempDir());
    auto const dids = (folder / "dids").string();
    auto const plan = (folder / "plan.json").string();
    std::ofstream(dids) << "lamp-1\r\n\n  lamp \"2\"\n";
    std::ofstream(plan) << R"({"preset":"careful","maxHarmed":5})";
    auto const call = call_of(
        command_of("rollout", "create"),
        {{"--plan", {plan}}, {"--preset", {"urgent"}}, {"--canaries", {dids}}});
    ASSERT_TRUE(call);
    EXPECT_EQ(call->body, R"({"plan":{"preset":"urgent","maxHarmed":5},)"
                          R"("audience":{"canaries":{"dids":["lamp-1","lamp \"2\""]}}})");
}

TEST(OperatorCommands, HaveANounOfTheListAndAnArgumentForEverySlotOfTheirPath) {
    std::set<std::string_view> names;
    for (auto const& noun : nouns()) names.insert(noun.name);
    for (auto const& command : commands()) {
        EXPECT_TRUE(names.contains(command.noun)) << command.noun;
        std::string path(command.path);
        path += command.path_of_one;
        for (auto const& argument : command.arguments) {
            if (argument.place != Place::path) continue;
            auto const slot = "{" + std::string(argument.name) + "}";
            auto const at = path.find(slot);
            ASSERT_NE(at, std::string::npos) << command.noun << " " << command.verb;
            path.replace(at, slot.size(), "x");
        }
        EXPECT_EQ(path.find('{'), std::string::npos) << command.noun << " " << command.verb;
    }
}

TEST(OperatorCommands, ThatRemoveOrRevokeAskBeforeTheyDo) {
    for (auto const& command : commands()) {
        auto const told = std::string(command.noun) + " " + std::string(command.verb);
        EXPECT_TRUE(command.method != "DELETE" || !command.question.empty()) << told;
        if (command.question.empty()) continue;
        EXPECT_NE(command.method, "GET") << told;
        EXPECT_TRUE(command.question.ends_with('?')) << told;
        EXPECT_EQ(command.arguments.back().flags, yes.flags) << told;
        auto const slot = command.question.substr(command.question.find('{'));
        auto const name = slot.substr(1, slot.find('}') - 1);
        EXPECT_TRUE(std::ranges::any_of(command.arguments, [&](Argument const& argument) {
            return argument.name == name;
        })) << told;
    }
    for (auto const& [noun, verb] : std::initializer_list<std::pair<char const*, char const*>>{
             {"firmware", "withdraw"}, {"order", "cancel"}, {"token", "revoke"}}) {
        EXPECT_FALSE(command_of(noun, verb).question.empty()) << noun;
    }
}

// The parameters of the API in kebab case, so that who knows one knows the other.
TEST(OperatorCommands, NameTheFiltersOfListsAsTheApiDoes) {
    for (auto const& command : commands()) {
        for (auto const& argument : command.arguments) {
            if (argument.place != Place::query) continue;
            std::string flag = "--";
            for (auto const letter : argument.name) {
                auto const upper = letter >= 'A' && letter <= 'Z';
                if (upper) flag += '-';
                flag += upper ? static_cast<char>(letter - 'A' + 'a') : letter;
            }
            EXPECT_TRUE(argument.flags.ends_with(flag)) << argument.flags;
        }
    }
}

TEST(OperatorCommands, ThatListHaveTheFlagsOfPages) {
    for (auto const& command : commands()) {
        if (command.shape != Shape::columns) continue;
        EXPECT_FALSE(command.columns.empty()) << command.noun << " " << command.verb;
        for (auto const& flags : {page_limit.flags, page_cursor.flags, all_pages.flags}) {
            EXPECT_TRUE(std::ranges::any_of(
                command.arguments,
                [&](Argument const& argument) { return argument.flags == flags; }))
                << command.noun << " " << command.verb << " " << flags;
        }
    }
}

}  // namespace
}  // namespace updraft::cli
