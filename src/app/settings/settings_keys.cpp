#include "app/settings/settings_keys.h"

#include <cctype>

#include "app/settings/setting_readers.h"
#include "webpost/proxy.h"

namespace updraft::app::reading {
namespace {

using S = Settings;
constexpr Millis one_ms{1};
constexpr Millis one_s{1000};
constexpr Millis url_ttl_max = std::chrono::days{7};  // S3 takes no more.
constexpr std::int64_t million = 1'000'000;

std::vector<SettingKey> server_keys() {
    return {
        {"server", "listen", R"(["127.0.0.1:8080"])", "",
         "Addresses to listen on: one or several ADDRESS:PORT. Port 0 takes any free port.",
         many(at(&S::server, &S::Server::listen), read_endpoint, 1)},
        {"server", "threads", "0", "", "Number of I/O threads; 0 means one for each core.",
         count(at(&S::server, &S::Server::threads), 0, 1024)},
        {"server", "trusted_proxies", "[]", "",
         "Networks of reverse proxies whose X-Forwarded-Proto, -Host, -Port, -Prefix and -For\n"
         "are trusted.",
         many(at(&S::server, &S::Server::trusted_proxies), read_network)},
        {"server", "time_zone", R"("+08:00")", "",
         "Time zone of the calendar days in the open API (releaseDate, upgradeDate), and of the\n"
         "upgrade hours of users who chose none: an IANA name such as \"Europe/Berlin\", or an\n"
         "offset from UTC.",
         one(at(&S::server, &S::Server::time_zone), read_time_zone)},
        {"server", "utc_offset", "", R"("+08:00")", "The old name of time_zone; an offset only.",
         one(at(&S::server, &S::Server::time_zone), read_offset)},
        {"server", "drain_delay", R"("0s")", "",
         "After SIGTERM: how long everything is still served while GET /readyz answers 503, so\n"
         "that balancers send no more requests before they are refused. A second signal ends it.",
         duration(at(&S::server, &S::Server::drain_delay))},
        {"server", "drain_timeout", R"("10s")", "",
         "Then: how long running requests may take to finish.",
         duration(at(&S::server, &S::Server::drain_timeout))},
        {"tls", "cert", "", R"("/etc/updraft/cert.pem")",
         "Certificate chain (PEM). With cert and key every listener speaks TLS. SIGHUP reads both\n"
         "files again. Handshakes cost far less CPU with an EC key than with an RSA key.",
         text(at(&S::tls, &S::Tls::cert))},
        {"tls", "key", "", R"("/etc/updraft/key.pem")",
         "Private key of the certificate (PEM), without a pass phrase.",
         text(at(&S::tls, &S::Tls::key))},
        {"admin", "listen", "", R"(["127.0.0.1:8081"])",
         "Addresses for operators: one or several ADDRESS:PORT. Then /admin, /openapi.json and\n"
         "(without [metrics] listen) /metrics are served there and nowhere else, to at most 1000\n"
         "connections. Without this setting [server] listen serves them.",
         one_or_many(at(&S::admin, &S::Admin::listen), read_endpoint)},
        {"store", "url", "", R"("sqlite:DIR/updraft.db")",
         "sqlite:PATH or postgresql://…; by default a SQLite file in the data directory.",
         one(at(&S::store, &S::Store::url), read_store_url)},
        {"store", "durability", R"("power")", "",
         "\"power\": acknowledged data survives a power loss. \"process\": it survives only a\n"
         "crash of the process, and writes are faster.",
         one(at(&S::store, &S::Store::durability), read_durability)},
        {"store", "connections", "12", "",
         "Connections to a PostgreSQL server; two of them are for writing. An instance opens up\n"
         "to 6 more for its own work. SQLite does not use this setting.",
         count(at(&S::store, &S::Store::connections), 3, 1000)},
        {"store", "prepare", "true", "",
         "Set it to false behind a pooler that gives each transaction another session (PgBouncer\n"
         "with pool_mode = transaction). Then each statement is sent in full.",
         truth(at(&S::store, &S::Store::prepare))},
        {"secrets", "key_file", "", R"("DIR/secret.key")",
         "The key that encrypts Appkeys and push secrets. The first start makes it. Back it up in\n"
         "another place than the store: a store without its key is of no use.",
         text(at(&S::secrets, &S::Secrets::key_file))},
    };
}

// An empty text: no bucket.
Result<std::optional<bucket::Place>> read_artifact_store(std::string const& given) {
    if (given.empty()) return std::optional<bucket::Place>{};
    TRY_ASSIGN(auto place, bucket::read_place(given));
    return std::optional(std::move(place));
}

std::vector<SettingKey> firmware_keys() {
    return {
        {"firmware", "dir", "", R"("DIR/firmware")",
         "The folder for artifacts, when they are not in a bucket.",
         text(at(&S::firmware, &S::Firmware::dir))},
        {"firmware", "max_size", R"("1GiB")", "", "Maximum size of an uploaded artifact.",
         size(at(&S::firmware, &S::Firmware::max_size))},
        {"firmware", "max_downloads", "1000", "",
         "Maximum number of downloads at the same time; further ones get 503 and are retried. The\n"
         "last quarter is for users (openId) that hold fewer than their fair share.",
         count(at(&S::firmware, &S::Firmware::max_downloads), 1, million)},
        {"firmware", "scrub_period", R"("7d")", "",
         "Every artifact is read and compared with its digest once in this time.",
         duration(at(&S::firmware, &S::Firmware::scrub_period), one_s)},
        {"firmware", "store", R"("")", "",
         "s3://BUCKET or s3://BUCKET/PREFIX: artifacts are in an S3-compatible bucket, and\n"
         "devices can download from it. Empty: artifacts are in `dir`. The settings below are\n"
         "only for a bucket.",
         one(at(&S::firmware, &S::Firmware::store), read_artifact_store)},
        {"firmware", "endpoint", "", R"("https://s3.eu-central-1.amazonaws.com")",
         "Address at which the server reaches the bucket. \"{bucket}\" is replaced by the\n"
         "bucket's name (https://{bucket}.s3.example.net). Without it the name is the first part\n"
         "of the path. By default the address of AWS in the region below.",
         one(at(&S::firmware, &S::Firmware::endpoint), bucket::read_base_address)},
        {"firmware", "region", R"("us-east-1")", "", "The region for which requests are signed.",
         text(at(&S::firmware, &S::Firmware::region))},
        {"firmware", "access_key", "", R"("AKIA…")", "The access key that signs requests.",
         text(at(&S::firmware, &S::Firmware::access_key))},
        {"firmware", "secret_key_file", "", R"("/etc/updraft/s3-secret")",
         "A file with the secret key; only the server's user may read it (0600).",
         text(at(&S::firmware, &S::Firmware::secret_key_file))},
        {"firmware", "public_url", "", R"("https://firmware.example.net")",
         "Address of the bucket for devices, when it differs from endpoint; in the same form.",
         one(at(&S::firmware, &S::Firmware::public_url), bucket::read_base_address)},
        {"firmware", "url_ttl", R"("1h")", "",
         "How long a device may begin a download with a signed address; at most 7d.",
         duration(at(&S::firmware, &S::Firmware::url_ttl), one_s, url_ttl_max)},
        {"firmware", "cache_dir", "", R"("DIR/firmware-cache")",
         "Folder for artifacts of the bucket that devices download through the server.",
         text(at(&S::firmware, &S::Firmware::cache_dir))},
        {"firmware", "cache_size", R"("10GiB")", "",
         "Maximum size of that cache; above it the least recently requested files are deleted.",
         size(at(&S::firmware, &S::Firmware::cache_size))},
    };
}

std::vector<SettingKey> token_keys() {
    return {
        {"tokens", "access_ttl", R"("2h")", "", "How long an access token is valid.",
         duration(at(&S::tokens, &access::Lifetimes::access), one_ms)},
        {"tokens", "refresh_ttl", R"("30d")", "", "How long a refresh token is valid.",
         duration(at(&S::tokens, &access::Lifetimes::refresh), one_ms)},
        {"tokens", "refresh_grace", R"("30s")", "",
         "A refresh token that is used a second time within this time of its first use\n"
         "answers once more, so that a lost answer signs nobody out. \"0s\": the second\n"
         "use revokes all tokens of its family.",
         duration(at(&S::tokens, &access::Lifetimes::refresh_grace))},
        {"tokens", "code_ttl", R"("10m")", "", "How long an authorisation code is valid.",
         duration(at(&S::tokens, &access::Lifetimes::code), one_ms)},
    };
}

// An empty text: no proxy. What is no URL is the path of a file, which is read at the start.
Result<std::string> read_push_proxy(std::string const& given) {
    if (given.find("://") != std::string::npos) TRY(webpost::read_proxy(given));
    if (given.find('\0') != std::string::npos) {
        return fail(Errc::invalid, "must not contain U+0000");
    }
    return given;
}

std::vector<SettingKey> push_keys() {
    return {
        {"push", "allow_http", "false", "",
         "true: push URLs may be http or https. false: only https.",
         truth(at(&S::push, &S::Push::allow_http))},
        {"push", "allow_networks", "[]", "",
         "Networks, or networks with one port, that pushes may reach although they are not\n"
         "public: \"10.0.0.0/8\", \"127.0.0.1/32:9000\".",
         many(at(&S::push, &S::Push::allow_networks), read_network_with_port)},
        {"push", "ca_file", "", R"("/etc/updraft/receivers-ca.pem")",
         "CA certificates (PEM) that are trusted for receivers, instead of those of the system.",
         text(at(&S::push, &S::Push::ca_file))},
        {"push", "proxy", R"("")", "",
         "Sends pushes through this proxy: http://HOST:PORT, http://USER:PASSWORD@HOST:PORT, or\n"
         "the path of a file that holds such a URL and that only the server's user may read\n"
         "(0600). Then the proxy's rules decide which addresses are reached, and allow_networks\n"
         "has no effect.",
         one(at(&S::push, &S::Push::proxy), read_push_proxy)},
        {"push", "timeout", R"("10s")", "", "How long a receiver may take to answer.",
         duration(at(&S::push, &S::Push::timeout), one_ms)},
        {"push", "retry_schedule", R"(["5s", "30s", "2m", "10m", "30m", "1h", "2h", "4h"])", "",
         "Pauses between the attempts to send a result or notice, ±20 %; the last one repeats.",
         many(
             at(&S::push, &S::Push::retry_schedule),
             [](std::string const& given) -> Result<Millis> {
                 TRY_ASSIGN(auto const pause, read_duration(given));
                 TRY(within(pause, one_ms, Millis::max()));
                 return pause;
             },
             1)},
        {"push", "give_up_after", R"("72h")", "",
         "At this age an undelivered message becomes a dead letter: kept, listed and replayable.",
         duration(at(&S::push, &S::Push::give_up_after), one_ms)},
        {"push", "progress_interval", R"("3s")", "",
         "At most one progress message for each device in this time.",
         duration(at(&S::push, &S::Push::progress_interval))},
        {"push", "suspend_after", "10", "",
         "Number of failed attempts in a row after which a push URL is suspended.",
         count(at(&S::push, &S::Push::suspend_after), 1, million)},
        {"push", "probe_after", R"("30s")", "",
         "First pause before a suspended URL is verified again; it doubles up to 15 minutes.",
         duration(at(&S::push, &S::Push::probe_after), one_ms)},
        {"push", "reverify_every", R"("24h")", "", "How often a push URL is verified again.",
         duration(at(&S::push, &S::Push::reverify_every), one_ms)},
        {"push", "max_in_flight_per_app", "32", "",
         "Maximum number of pushes to one app at the same time.",
         count(at(&S::push, &S::Push::max_in_flight_per_app), 1, 10'000)},
        {"upgrade", "queue_timeout", R"("7d")", "",
         "An upgrade that its device has not fetched expires after this time.",
         duration(at(&S::upgrade, &upgrade::Limits::queue_timeout), one_ms)},
        {"upgrade", "stall_timeout", R"("24h")", "",
         "A fetched upgrade fails when its device makes no request for this time.",
         duration(at(&S::upgrade, &upgrade::Limits::stall_timeout), one_ms)},
        {"upgrade", "verify_timeout", R"("30m")", "",
         "For models with the success criterion version: how long the device may take to report\n"
         "the new version; at least three polling intervals.",
         duration(at(&S::upgrade, &upgrade::Limits::verify_timeout), one_ms)},
        {"upgrade", "progress_timeout", R"("72h")", "",
         "A fetched upgrade fails when neither its state nor its progress changes and no further\n"
         "byte is served for this time, although its device polls.",
         duration(at(&S::upgrade, &upgrade::Limits::progress_timeout), one_ms)},
        {"upgrade", "cancel_timeout", R"("24h")", "",
         "An upgrade that its device was asked to stop is cancelled without an answer after this "
         "time.",
         duration(at(&S::upgrade, &upgrade::Limits::cancel_timeout), one_ms)},
        {"upgrade", "max_concurrent_per_gateway", "1", "",
         "Maximum number of sub-devices of one gateway that are upgraded at the same time.",
         count(at(&S::upgrade, &upgrade::Limits::concurrent_per_gateway_max), 1, million)},
        {"upgrade", "starts_per_minute", "1000", "",
         "Maximum number of upgrades that start by themselves in a minute, because their users\n"
         "want that. The others follow when their devices poll next.",
         count(at(&S::upgrade, &upgrade::Limits::starts_per_minute), 1, million)},
        {"upgrade", "history_retention", R"("180d")", "", "How long finished upgrades are kept.",
         duration(at(&S::upgrade, &upgrade::Limits::history_retention), one_s)},
    };
}

std::vector<SettingKey> operator_keys() {
    return {
        {"console", "enabled", "true", "",
         "Whether operators can sign in with a session, which the console needs.",
         truth(at(&S::console, &S::Console::enabled))},
        {"console", "session_idle", R"("30m")", "",
         "A session ends when it was not used for this time.",
         duration(at(&S::console, &S::Console::session_idle), one_s)},
        {"console", "session_max", R"("12h")", "", "A session ends this long after its sign-in.",
         duration(at(&S::console, &S::Console::session_max), one_s)},
        {"console", "identity_header", "", R"("X-Forwarded-User")",
         "The header in which a single-sign-on proxy names the operator who signs in. It is\n"
         "believed from [server] trusted_proxies only, which must remove it from what clients "
         "send.",
         one(at(&S::console, &S::Console::identity_header), read_header_name)},
        {"audit", "retention", R"("400d")", "", "How long the audit keeps its rows.",
         duration(at(&S::audit, &S::Audit::retention), one_s)},
    };
}

std::vector<SettingKey> edge_keys() {
    return {
        {"ddi", "enabled", "true", "", "Whether the device channel (DDI) is served.",
         truth(at(&S::ddi, &S::Ddi::enabled))},
        {"ddi", "polling", R"("00:05:00")", "",
         "How often devices are told to poll (HH:MM:SS); a model may have its own interval.",
         one(at(&S::ddi, &S::Ddi::polling), read_clock_time)},
        {"ddi", "version_attribute", R"("firmwareVersion")", "",
         "The device attribute that contains the firmware version that runs.",
         text(at(&S::ddi, &S::Ddi::version_attribute))},
        {"limits", "requests_per_second_per_app", "200", "",
         "Maximum open API calls per second for each app; 0 means no limit.",
         count(at(&S::limits, &S::Limits::requests_per_second_per_app), 0, million)},
        {"limits", "burst_per_app", "400", "",
         "Number of calls that an app may make at once after a pause.",
         count(at(&S::limits, &S::Limits::burst_per_app), 1, million)},
        {"limits", "connections", "100000", "",
         "Maximum number of open connections on the addresses of [server] listen.",
         count(at(&S::limits, &S::Limits::connections), 1, 10 * million)},
        {"limits", "users_per_app", "1000000", "",
         "Maximum number of users that an app may make by access/get. Existing users go on.",
         count(at(&S::limits, &S::Limits::users_per_app), 1, 1000 * million)},
        {"limits", "requests_per_minute_per_device", "120", "",
         "Maximum requests per minute of each device, other than for artifacts; 0 means no limit.\n"
         "A gateway's requests count for the device that it acts for. Above it: 429.",
         count(at(&S::limits, &S::Limits::requests_per_minute_per_device), 0, million)},
        {"limits", "downloads_per_device", "4", "",
         "Maximum number of downloads of one device at the same time; 0 means no limit. Above it:\n"
         "429.",
         count(at(&S::limits, &S::Limits::downloads_per_device), 0, million)},
        {"limits", "connections_per_address", "0", "",
         "Maximum number of open connections from one address (IPv6: from one /64); further ones\n"
         "are closed. Trusted proxies have no limit. 0 means no limit.",
         count(at(&S::limits, &S::Limits::connections_per_address), 0, 10 * million)},
        {"limits", "body_memory", R"("256MiB")", "",
         "Memory for all request bodies that are being received. Further requests with bodies\n"
         "above 4 KiB get 503. Uploads are streamed and do not count.",
         size(at(&S::limits, &S::Limits::body_memory))},
        {"limits", "header_timeout", R"("10s")", "",
         "How long a request's header may take to arrive.",
         duration(at(&S::limits, &S::Limits::header_timeout), one_ms)},
        {"limits", "body_timeout", R"("30s")", "", "How long a JSON body may take to arrive.",
         duration(at(&S::limits, &S::Limits::body_timeout), one_ms)},
        {"limits", "transfer_stall", R"("60s")", "",
         "An upload is closed when no byte arrived for this time, a download or another answer\n"
         "when the client acknowledged no byte for this time.",
         duration(at(&S::limits, &S::Limits::transfer_stall), one_ms)},
        {"limits", "idle_timeout", R"("75s")", "",
         "A kept-alive connection is closed when it has had no request for this time.",
         duration(at(&S::limits, &S::Limits::idle_timeout), one_ms)},
        {"metrics", "listen", "", R"("127.0.0.1:9464")",
         "A separate listener for GET /metrics, without a token. Without this setting it is with\n"
         "the admin API, and requires a token.",
         one(at(&S::metrics, &S::Metrics::listen), read_endpoint)},
        {"log", "level", R"("info")", "", "debug, info, warn, error or off.",
         one(at(&S::log, &S::Log::level), read_log_level)},
        {"log", "format", R"("text")", "", "text, or json with one object per line.",
         one(at(&S::log, &S::Log::format), read_log_format)},
    };
}

std::vector<SettingKey> all_keys() {
    auto keys = server_keys();
    for (auto const& more :
         {firmware_keys(), token_keys(), push_keys(), operator_keys(), edge_keys()}) {
        keys.insert(keys.end(), more.begin(), more.end());
    }
    return keys;
}

}  // namespace
}  // namespace updraft::app::reading

namespace updraft::app {

std::span<SettingKey const> setting_keys() {
    static std::vector<SettingKey> const keys = reading::all_keys();
    return keys;
}

std::string environment_name(SettingKey const& key) {
    auto name = "UPDRAFT_" + std::string(key.section) + "_" + std::string(key.key);
    for (auto& letter : name) {
        letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    }
    return name;
}

std::string example_configuration() {
    std::string out =
        "# Every setting of Updraft with its default; `updraft config example` prints this file.\n"
        "# Durations: \"200ms\", \"5s\", \"10m\", \"24h\", \"7d\". Sizes: \"64KiB\", \"1GiB\".\n"
        "# DIR is the data directory (--data). This file can be overridden by\n"
        "# environment variables UPDRAFT_<SECTION>_<KEY>, with lists separated by commas. The\n"
        "# command line overrides both.\n";
    std::string_view section;
    for (auto const& key : setting_keys()) {
        if (key.section != section) out += "\n[" + std::string(key.section) + "]\n";
        section = key.section;
        out += "# ";
        for (auto const letter : key.meaning) {
            out += letter;
            if (letter == '\n') out += "# ";
        }
        out += "\n";
        auto const value = key.standard.empty() ? key.example : key.standard;
        out += (key.standard.empty() ? "#" : "") + std::string(key.key) + " = " +
               std::string(value) + "\n";
    }
    return out;
}

}  // namespace updraft::app
