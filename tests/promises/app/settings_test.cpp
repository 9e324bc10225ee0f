#include "app/settings/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "app/settings/settings_keys.h"

namespace updraft::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A configuration file that is removed after the test.
class ScratchFile {
public:
    explicit ScratchFile(std::string const& content)
        : path_(std::filesystem::temp_directory_path() /
                ("updraft-settings-" + std::to_string(::getpid()) + "-" + std::to_string(++made_) +
                 ".toml")) {
        std::ofstream(path_, std::ios::binary) << content;
    }
    ~ScratchFile() { std::filesystem::remove(path_); }
    ScratchFile(ScratchFile const&) = delete;
    ScratchFile& operator=(ScratchFile const&) = delete;
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    static inline int made_ = 0;
    std::filesystem::path path_;
};

LoadedSettings load_text(std::string const& content) {
    ScratchFile const file(content);
    return load_settings({.file = file.path(), .environment = {}, .listen = {}});
}

LoadedSettings load_environment(std::vector<std::string> entries) {
    return load_settings({.file = {}, .environment = std::move(entries), .listen = {}});
}

TEST(Settings, WithoutAnySourceAreTheDefaultsOfTheContract) {
    auto const [settings, problems] =
        load_settings({.file = {}, .environment = {}, .data_dir = "/d", .listen = {}});
    ASSERT_THAT(problems, IsEmpty());
    using std::chrono::hours;
    using std::chrono::minutes;
    using std::chrono::seconds;
    EXPECT_THAT(settings.server.listen, ElementsAre(Endpoint{"127.0.0.1", 8080}));
    EXPECT_EQ(settings.server.threads, 0);
    EXPECT_THAT(settings.server.trusted_proxies, IsEmpty());
    EXPECT_EQ(settings.server.time_zone, "+08:00");
    EXPECT_EQ(settings.server.drain_delay, seconds{0});
    EXPECT_EQ(settings.server.drain_timeout, seconds{10});
    EXPECT_EQ(settings.push.proxy, "");
    EXPECT_EQ(settings.tls.cert, "");
    EXPECT_EQ(settings.tls.key, "");
    EXPECT_EQ(settings.store.url, (StoreUrl{StoreKind::sqlite, "/d/updraft.db"}));
    EXPECT_EQ(settings.store.durability, Durability::power);
    EXPECT_EQ(settings.secrets.key_file, "/d/secret.key");
    EXPECT_EQ(settings.firmware.dir, "/d/firmware");
    EXPECT_EQ(settings.firmware.max_size, 1024 * 1024 * 1024);
    EXPECT_EQ(settings.firmware.max_downloads, 1000);
    EXPECT_EQ(settings.firmware.scrub_period, hours{7 * 24});
    EXPECT_EQ(settings.firmware.store, std::nullopt);
    EXPECT_EQ(settings.firmware.region, "us-east-1");
    EXPECT_EQ(settings.firmware.url_ttl, hours{1});
    EXPECT_EQ(settings.firmware.cache_dir, "/d/firmware-cache");
    EXPECT_EQ(settings.firmware.cache_size, std::int64_t{10} << 30);
    EXPECT_EQ(settings.tokens.access, hours{2});
    EXPECT_EQ(settings.tokens.refresh, hours{30 * 24});
    EXPECT_EQ(settings.tokens.code, minutes{10});
    EXPECT_FALSE(settings.push.allow_http);
    EXPECT_THAT(settings.push.allow_networks, IsEmpty());
    EXPECT_EQ(settings.push.timeout, seconds{10});
    EXPECT_THAT(settings.push.retry_schedule,
                ElementsAre(seconds{5}, seconds{30}, minutes{2}, minutes{10}, minutes{30}, hours{1},
                            hours{2}, hours{4}));
    EXPECT_EQ(settings.push.give_up_after, hours{72});
    EXPECT_EQ(settings.push.progress_interval, seconds{3});
    EXPECT_EQ(settings.push.suspend_after, 10);
    EXPECT_EQ(settings.push.probe_after, seconds{30});
    EXPECT_EQ(settings.push.reverify_every, hours{24});
    EXPECT_EQ(settings.push.max_in_flight_per_app, 32);
    EXPECT_EQ(settings.upgrade.queue_timeout, hours{7 * 24});
    EXPECT_EQ(settings.upgrade.stall_timeout, hours{24});
    EXPECT_EQ(settings.upgrade.verify_timeout, minutes{30});
    EXPECT_EQ(settings.upgrade.concurrent_per_gateway_max, 1);
    EXPECT_EQ(settings.upgrade.history_retention, hours{180 * 24});
    EXPECT_TRUE(settings.ddi.enabled);
    EXPECT_EQ(settings.ddi.polling, minutes{5});
    EXPECT_EQ(settings.ddi.version_attribute, "firmwareVersion");
    EXPECT_EQ(settings.limits.requests_per_second_per_app, 200);
    EXPECT_EQ(settings.limits.burst_per_app, 400);
    EXPECT_EQ(settings.limits.connections, 100'000);
    EXPECT_EQ(settings.limits.requests_per_minute_per_device, 120);
    EXPECT_EQ(settings.limits.downloads_per_device, 4);
    EXPECT_EQ(settings.limits.connections_per_address, 0);
    EXPECT_EQ(settings.limits.body_memory, 256 << 20);
    EXPECT_EQ(settings.limits.header_timeout, seconds{10});
    EXPECT_EQ(settings.limits.body_timeout, seconds{30});
    EXPECT_EQ(settings.limits.transfer_stall, seconds{60});
    EXPECT_EQ(settings.limits.idle_timeout, seconds{75});
    EXPECT_FALSE(settings.metrics.listen.has_value());
    EXPECT_THAT(settings.admin.listen, IsEmpty());
    EXPECT_EQ(settings.log.level, LogLevel::info);
    EXPECT_EQ(settings.log.format, LogFormat::text);
}

TEST(Settings, EveryKeyIsInTheExampleFileAndItLoads) {
    std::ifstream file(UPDRAFT_SOURCE_DIR "/updraft.example.toml", std::ios::binary);
    std::string const text((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(text, example_configuration())
        << "run: updraft config example > updraft.example.toml";
    EXPECT_THAT(load_text(text).problems, IsEmpty());
}

TEST(Settings, AllProblemsOfAFileAreFoundAtOnce) {
    auto const loaded = load_text("[push]\ntimeout = 5\nallow_http = \"yes\"\n[nowhere]\n");
    EXPECT_THAT(loaded.problems, SizeIs(3));
}

TEST(Settings, AFileThatIsNotThereIsNamed) {
    auto const loaded =
        load_settings({.file = "/nowhere/updraft.toml", .environment = {}, .listen = {}});
    EXPECT_THAT(loaded.problems, ElementsAre(HasSubstr("/nowhere/updraft.toml")));
}

TEST(Settings, AFileThatIsADirectoryIsNamed) {
    auto const loaded = load_settings({.file = "/tmp", .environment = {}, .listen = {}});
    EXPECT_THAT(loaded.problems, ElementsAre("/tmp cannot be read: Is a directory"));
}

TEST(Settings, AnEmptyFileSetsNothing) { EXPECT_THAT(load_text("").problems, IsEmpty()); }

struct BadFile {
    std::string name;
    std::string content;
    std::string line;  // The line that the problem must name.
    std::string key;
};
class SettingsFile : public testing::TestWithParam<BadFile> {};
TEST_P(SettingsFile, NamesFileLineAndKeyOf) {
    ScratchFile const file(GetParam().content);
    auto const loaded = load_settings({.file = file.path(), .environment = {}, .listen = {}});
    ASSERT_THAT(loaded.problems, SizeIs(1));
    EXPECT_THAT(loaded.problems[0], HasSubstr(file.path() + ":" + GetParam().line + ": "));
    EXPECT_THAT(loaded.problems[0], HasSubstr(GetParam().key));
}
INSTANTIATE_TEST_SUITE_P(
    , SettingsFile,
    testing::Values(
        BadFile{"NoToml", "[server]\nlisten = [\n\"x\n", "3", ""},
        BadFile{"KeyTwice", "[push]\ntimeout = \"1s\"\ntimeout = \"2s\"\n", "3", "timeout"},
        BadFile{"UnknownSection", "\n[severs]\n", "2", "severs"},
        BadFile{"KeyOutsideOfASection", "listen = [\"127.0.0.1:1\"]\n", "1", "listen"},
        BadFile{"UnknownKey", "[push]\n\ntimout = \"5s\"\n", "3", "[push] timout"},
        BadFile{"ListenIsNoList", "[server]\nlisten = \"127.0.0.1:80\"\n", "2", "[server] listen"},
        BadFile{"ListenIsEmpty", "[server]\nlisten = []\n", "2", "[server] listen"},
        BadFile{"ListenWithoutPort", "[server]\nlisten = [\"127.0.0.1\"]\n", "2", "listen"},
        BadFile{"ListenOnAName", "[server]\nlisten = [\"example.com:80\"]\n", "2", "listen"},
        BadFile{"ListenOfNumbers", "[server]\nlisten = [80]\n", "2", "[server] listen"},
        BadFile{"ThreadsNegative", "[server]\nthreads = -1\n", "2", "[server] threads"},
        BadFile{"ThreadsIsText", "[server]\nthreads = \"2\"\n", "2", "[server] threads"},
        BadFile{"ThreadsIsTooLarge", "[server]\nthreads = 1e300\n", "2", "[server] threads"},
        BadFile{"ThreadsIsAFraction", "[server]\nthreads = 1.5\n", "2", "[server] threads"},
        BadFile{"OffsetWithoutSign", "[server]\nutc_offset = \"08:00\"\n", "2", "utc_offset"},
        BadFile{"OffsetTooFar", "[server]\nutc_offset = \"+15:00\"\n", "2", "utc_offset"},
        BadFile{"ProxyIsAName", "[server]\ntrusted_proxies = [\"proxy\"]\n", "2",
                "trusted_proxies"},
        BadFile{"CertWithoutKey", "[tls]\ncert = \"/c.pem\"\n", "2", "[tls] key"},
        BadFile{"KeyWithoutCert", "[tls]\nkey = \"/k.pem\"\n", "2", "[tls] cert"},
        BadFile{"OtherStore", "[store]\nurl = \"mysql://x\"\n", "2", "[store] url"},
        BadFile{"OtherDurability", "[store]\ndurability = \"none\"\n", "2", "durability"},
        BadFile{"SizeWithoutUnit", "[firmware]\nmax_size = \"100\"\n", "2", "max_size"},
        BadFile{"SizeOfDecimalUnit", "[firmware]\nmax_size = \"1GB\"\n", "2", "max_size"},
        BadFile{"SizeZero", "[firmware]\nmax_size = \"0B\"\n", "2", "max_size"},
        BadFile{"NoDownloads", "[firmware]\nmax_downloads = 0\n", "2", "max_downloads"},
        BadFile{"DurationIsANumber", "[tokens]\naccess_ttl = 7200\n", "2", "access_ttl"},
        BadFile{"DurationWithoutUnit", "[tokens]\naccess_ttl = \"7200\"\n", "2", "access_ttl"},
        BadFile{"DurationNegative", "[tokens]\naccess_ttl = \"-1s\"\n", "2", "access_ttl"},
        BadFile{"DurationWithSpace", "[tokens]\naccess_ttl = \"1 s\"\n", "2", "access_ttl"},
        BadFile{"DurationTooLong", "[tokens]\naccess_ttl = \"99999999999d\"\n", "2", "access_ttl"},
        BadFile{"TokensThatNeverLive", "[tokens]\naccess_ttl = \"0s\"\n", "2", "access_ttl"},
        BadFile{"TruthAsNumber", "[push]\nallow_http = 1\n", "2", "[push] allow_http"},
        BadFile{"NetworkIsAName", "[push]\nallow_networks = [\"receiver\"]\n", "2",
                "allow_networks"},
        BadFile{"NetworkPortZero", "[push]\nallow_networks = [\"10.0.0.0/8:0\"]\n", "2",
                "allow_networks"},
        BadFile{"EmptySchedule", "[push]\nretry_schedule = []\n", "2", "retry_schedule"},
        BadFile{"ScheduleOfZero", "[push]\nretry_schedule = [\"0s\"]\n", "2", "retry_schedule"},
        BadFile{"PollingAsDuration", "[ddi]\npolling = \"5m\"\n", "2", "[ddi] polling"},
        BadFile{"PollingNever", "[ddi]\npolling = \"00:00:00\"\n", "2", "[ddi] polling"},
        BadFile{"EmptyAttribute", "[ddi]\nversion_attribute = \"\"\n", "2", "version_attribute"},
        BadFile{"NoBurst", "[limits]\nburst_per_app = 0\n", "2", "burst_per_app"},
        BadFile{"MetricsWithoutPort", "[metrics]\nlisten = \"127.0.0.1\"\n", "2",
                "[metrics] listen"},
        BadFile{"NobodyListensForOperators", "[admin]\nlisten = []\n", "2", "must not be empty"},
        BadFile{"OperatorsWithoutPort", "[admin]\nlisten = \"127.0.0.1\"\n", "2", "[admin] listen"},
        BadFile{"OperatorsByNumber", "[admin]\nlisten = 8081\n", "2", "[admin] listen"},
        BadFile{"OperatorsOnTheMainAddress",
                "[server]\nlisten = [\"127.0.0.1:1\"]\n[admin]\nlisten = \"127.0.0.1:1\"\n", "4",
                "which is in [server] listen"},
        BadFile{"OtherLevel", "[log]\nlevel = \"loud\"\n", "2", "[log] level"},
        BadFile{"OtherFormat", "[log]\nformat = \"xml\"\n", "2", "[log] format"}),
    [](auto const& tested) { return tested.param.name; });

TEST(Settings, TakeATextForAListOfOneAddressOfOperators) {
    Endpoint const first{.address = "127.0.0.1", .port = 8081};
    Endpoint const second{.address = "::1", .port = 0};
    EXPECT_THAT(load_text("[admin]\nlisten = \"127.0.0.1:8081\"\n").settings.admin.listen,
                ElementsAre(first));
    EXPECT_THAT(
        load_text("[admin]\nlisten = [\"127.0.0.1:8081\", \"[::1]:0\"]\n").settings.admin.listen,
        ElementsAre(first, second));
    EXPECT_THAT(
        load_environment({"UPDRAFT_ADMIN_LISTEN=127.0.0.1:8081,[::1]:0"}).settings.admin.listen,
        ElementsAre(first, second));
}

TEST(SettingsEnvironment, WinsOverTheFile) {
    ScratchFile const file("[push]\ntimeout = \"1s\"\n[log]\nlevel = \"debug\"\n");
    auto const loaded = load_settings({.file = file.path(),
                                       .environment = {"UPDRAFT_PUSH_TIMEOUT=2s", "PATH=/bin"},
                                       .listen = {}});
    ASSERT_THAT(loaded.problems, IsEmpty());
    EXPECT_EQ(loaded.settings.push.timeout, std::chrono::seconds{2});
    EXPECT_EQ(loaded.settings.log.level, LogLevel::debug);
}

TEST(SettingsEnvironment, ReadsEveryShapeOfValueFromText) {
    auto const [settings, problems] =
        load_environment({"UPDRAFT_SERVER_LISTEN=127.0.0.1:1, [::1]:2", "UPDRAFT_SERVER_THREADS=3",
                          "UPDRAFT_PUSH_ALLOW_HTTP=true", "UPDRAFT_PUSH_RETRY_SCHEDULE=1s,2s",
                          "UPDRAFT_FIRMWARE_MAX_SIZE=64KiB", "UPDRAFT_DDI_POLLING=00:00:01",
                          "UPDRAFT_METRICS_LISTEN="});
    ASSERT_THAT(problems, IsEmpty());
    EXPECT_THAT(settings.server.listen, ElementsAre(Endpoint{"127.0.0.1", 1}, Endpoint{"::1", 2}));
    EXPECT_EQ(settings.server.threads, 3);
    EXPECT_TRUE(settings.push.allow_http);
    EXPECT_THAT(settings.push.retry_schedule,
                ElementsAre(std::chrono::seconds{1}, std::chrono::seconds{2}));
    EXPECT_EQ(settings.firmware.max_size, 65536);
    EXPECT_EQ(settings.ddi.polling, std::chrono::seconds{1});
    EXPECT_FALSE(settings.metrics.listen.has_value());
}

TEST(SettingsEnvironment, NamesTheVariableThatIsWrong) {
    EXPECT_THAT(load_environment({"UPDRAFT_PUSH_TIMEOUT=soon"}).problems,
                ElementsAre(HasSubstr("UPDRAFT_PUSH_TIMEOUT: [push] timeout must be a duration")));
    EXPECT_THAT(load_environment({"UPDRAFT_PUSH_TIMOUT=5s"}).problems,
                ElementsAre(HasSubstr("UPDRAFT_PUSH_TIMOUT")));
    EXPECT_THAT(load_environment({"UPDRAFT_SERVER_THREADS=many"}).problems,
                ElementsAre(HasSubstr("UPDRAFT_SERVER_THREADS")));
}

TEST(SettingsEnvironment, LeavesAloneWhatIsNoSetting) {
    EXPECT_THAT(
        load_environment({"UPDRAFT_URL=http://x", "UPDRAFT_ADMIN_TOKEN=y", "UPDRAFT_DATA=z"})
            .problems,
        IsEmpty());
}

TEST(SettingsEnvironment, IgnoresWhatKubernetesInjectsForAService) {
    for (std::string const service : {"METRICS", "PUSH", "SERVER", "LOG", "STORE_MAIN", ""}) {
        auto const name = "UPDRAFT_" + service + (service.empty() ? "" : "_");
        auto const [settings, problems] = load_environment(
            {name + "SERVICE_HOST=10.0.0.9", name + "SERVICE_PORT=9464",
             name + "SERVICE_PORT_HTTP=9464", name + "PORT=tcp://10.0.0.9:9464",
             name + "PORT_9464_TCP=tcp://10.0.0.9:9464", name + "PORT_9464_TCP_PROTO=tcp",
             name + "PORT_9464_TCP_PORT=9464", name + "PORT_9464_TCP_ADDR=10.0.0.9",
             name + "PORT_53_UDP=udp://10.0.0.9:53"});
        EXPECT_THAT(problems, IsEmpty());
        EXPECT_THAT(settings.variables, IsEmpty());
        EXPECT_THAT(settings.metrics.listen, testing::Eq(std::nullopt));
    }
}

TEST(SettingsEnvironment, DoesNotTakeAPortThatSomebodySetForAnInjectedOne) {
    EXPECT_THAT(load_environment({"UPDRAFT_SERVER_PORT=8080"}).problems,
                ElementsAre(HasSubstr("UPDRAFT_SERVER_PORT: is no setting")));
}

TEST(SettingsEnvironment, IgnoresWithAWarningWhatNobodyMeantAsASetting) {
    auto const loaded = load_environment({"UPDRAFT_BINARY=/x", "UPDRAFT_STORE=postgresql"});
    EXPECT_THAT(loaded.problems, IsEmpty());
    EXPECT_THAT(loaded.settings.warnings,
                ElementsAre(HasSubstr("UPDRAFT_BINARY"), HasSubstr("UPDRAFT_STORE")));
}

TEST(SettingsEnvironment, RefusesAVariableThatLooksLikeASetting) {
    auto const loaded = load_environment(
        {"UPDRAFT_PUHS_TIMEOUT=5s", "UPDRAFT_URL=http://x", "UPDRAFT_CONFIG=y", "UPDRAFT_DATA=z",
         "UPDRAFT_ADMIN_TOKEN=t", "UPDRAFT_ADMIN_TOKEN_FILE=f", "UPDRAFT_OTHER="});
    EXPECT_THAT(loaded.problems, ElementsAre(HasSubstr("UPDRAFT_PUHS_TIMEOUT: is no setting")));
    EXPECT_THAT(loaded.settings.variables, IsEmpty());
    EXPECT_THAT(load_environment({"UPDRAFT_PUSH_TIMEOUT=5s"}).settings.variables,
                ElementsAre("UPDRAFT_PUSH_TIMEOUT"));
}

TEST(PushProxy, IsAUrlOrAPath) {
    EXPECT_EQ(load_text("[push]\nproxy = \"http://u:p@h:1\"\n").settings.push.proxy,
              "http://u:p@h:1");
    EXPECT_EQ(load_text("[push]\nproxy = \"/etc/proxy\"\n").settings.push.proxy, "/etc/proxy");
    auto const problems = load_text("[push]\nproxy = \"http://u:hu@sh@h:1\"\n").problems;
    EXPECT_THAT(problems, ElementsAre(HasSubstr(":2: [push] proxy has a special character")));
    EXPECT_THAT(problems, ElementsAre(testing::Not(HasSubstr("sh@"))));
}

TEST(SettingsCommandLine, WinsOverTheEnvironment) {
    auto const [settings, problems] = load_settings(
        {.file = {},
         .environment = {"UPDRAFT_SERVER_LISTEN=127.0.0.1:1", "UPDRAFT_STORE_URL=sqlite:/a"},
         .data_dir = "/d",
         .listen = {"127.0.0.1:2", "127.0.0.1:3"},
         .store = "postgresql://host/db"});
    ASSERT_THAT(problems, IsEmpty());
    EXPECT_THAT(settings.server.listen,
                ElementsAre(Endpoint{"127.0.0.1", 2}, Endpoint{"127.0.0.1", 3}));
    EXPECT_EQ(settings.store.url, (StoreUrl{StoreKind::postgresql, "postgresql://host/db"}));
}

TEST(SettingsCommandLine, NamesTheFlagThatIsWrong) {
    auto const loaded = load_settings({.file = {}, .environment = {}, .listen = {"nonsense"}});
    EXPECT_THAT(loaded.problems, ElementsAre(testing::StartsWith("--listen: ")));
}

TEST(BucketSettings, AreReadTogether) {
    auto const [settings, problems] = load_text(
        "[firmware]\nstore = \"s3://firmware/prod\"\nendpoint = \"http://127.0.0.1:9000\"\n"
        "access_key = \"AK\"\nsecret_key_file = \"/s\"\npublic_url = "
        "\"https://{bucket}.example.net\"\n"
        "max_size = \"5GiB\"\nurl_ttl = \"7d\"\n");
    ASSERT_THAT(problems, IsEmpty());
    EXPECT_EQ(settings.firmware.store, (bucket::Place{"firmware", "prod/"}));
    EXPECT_EQ(settings.firmware.endpoint->host, "127.0.0.1:9000");
    EXPECT_EQ(settings.firmware.public_url->host, "{bucket}.example.net");
}

TEST(BucketSettings, NameEveryProblem) {
    auto const problems =
        load_text("[firmware]\nstore = \"s3://firmware\"\nmax_size = \"6GiB\"\n").problems;
    EXPECT_THAT(problems, ElementsAre(HasSubstr(":2: [firmware] store is given without [firmware] "
                                                "access_key"),
                                      HasSubstr("secret_key_file"), HasSubstr("5GiB")));
    for (auto const* line :
         {"store = \"firmware\"", "endpoint = \"example.net\"", "public_url = \"ftp://x\"",
          "url_ttl = \"8d\"", "url_ttl = \"200ms\"", "cache_size = \"0B\"", "region = \"\""}) {
        EXPECT_THAT(load_text("[firmware]\n" + std::string(line) + "\n").problems, SizeIs(1))
            << line;
    }
}

}  // namespace
}  // namespace updraft::app
