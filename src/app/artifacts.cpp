#include "app/artifacts.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "blobdir/descriptor.h"
#include "firmware/upkeep.h"

namespace updraft::app {
namespace {

constexpr std::size_t secret_bytes_max = 1024;
constexpr Millis watch_every{30'000};
constexpr Millis look_again{5'000};
constexpr Millis breath{20};
constexpr Millis cache_look_max = std::chrono::minutes{1};
constexpr Millis cache_look_min{100};

std::string one_word(std::string_view text) {
    static constexpr std::string_view blank = " \t\r\n";
    auto const first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    auto const word = text.substr(first, text.find_last_not_of(blank) - first + 1);
    return word.find_first_of(blank) == std::string_view::npos ? std::string(word) : std::string();
}

bucket::BaseAddress address_of_aws(std::string const& region) {
    return {.scheme = "https", .host = "s3." + region + ".amazonaws.com", .path = {}};
}

}  // namespace

Result<Secret> read_secret_key(std::string const& file) {
    auto const opened = blobdir::open_to_read(file);
    if (!opened) {
        auto trouble = blobdir::disk_error("read [firmware] secret_key_file " + file, errno);
        return tl::unexpected<Error>(std::move(trouble));
    }
    struct stat status {};
    if (::fstat(opened.number(), &status) != 0 || (status.st_mode & 077) != 0) {
        return fail(Errc::invalid, "others may read [firmware] secret_key_file " + file +
                                       ": give it the mode 0600");
    }
    std::array<char, secret_bytes_max> bytes{};
    TRY_ASSIGN(auto const got, blobdir::read_at(opened, 0, bytes));
    auto word = one_word({bytes.data(), got});
    if (word.empty() || got == bytes.size()) {
        return fail(Errc::invalid,
                    "[firmware] secret_key_file " + file + " must hold one word, the secret key");
    }
    return Secret(std::move(word));
}

Result<bucket::ClientSettings> client_settings(Settings::Firmware const& firmware,
                                               bucket::Place place) {
    if (firmware.access_key.empty() || firmware.secret_key_file.empty()) {
        return fail(
            Errc::invalid,
            "a bucket needs [firmware] access_key and secret_key_file in the configuration");
    }
    TRY_ASSIGN(auto secret, read_secret_key(firmware.secret_key_file));
    auto const endpoint = firmware.endpoint.value_or(address_of_aws(firmware.region));
    bucket::ClientSettings settings;
    settings.place = std::move(place);
    settings.endpoint = endpoint;
    settings.public_address = firmware.public_url.value_or(endpoint);
    settings.credentials = {firmware.access_key, std::move(secret), firmware.region};
    settings.url_ttl = std::chrono::duration_cast<std::chrono::seconds>(firmware.url_ttl);
    return settings;
}

Result<bucket::BucketSettings> bucket_settings(Settings::Firmware const& firmware) {
    TRY_ASSIGN(auto client, client_settings(firmware, *firmware.store));
    return bucket::BucketSettings{.client = std::move(client),
                                  .cache_folder = firmware.cache_dir,
                                  .cache_bytes_max = firmware.cache_size};
}

Rhythm::Step watch_bucket(bucket::Bucket& bucket) {
    auto run = [&bucket](Instant now) -> Result<Instant> {
        auto const there = bucket.client().probe();
        if (!there && !bucket.client().stopped()) return tl::unexpected<Error>(there.error());
        return now + watch_every;
    };
    return {.name = "watch the bucket", .run = std::move(run)};
}

Rhythm::Step while_there(bucket::Bucket& bucket, Rhythm::Step step) {
    auto run = [&bucket, inner = std::move(step.run)](Instant now) -> Result<Instant> {
        if (!bucket.client().trouble().empty()) return now + look_again;
        auto const next = inner(now);
        // The watch says what is wrong, once.
        auto const known = bucket.client().stopped() || !bucket.client().trouble().empty();
        if (!next && known) return now + look_again;
        return next;
    };
    return {.name = std::move(step.name), .run = std::move(run), .pause_min = step.pause_min};
}

Rhythm::Step scrub_cache(bucket::Bucket& bucket, Millis period, Journal& journal) {
    auto run = [&bucket, &journal, period](Instant now) -> Result<Instant> {
        TRY_ASSIGN(auto const checked, firmware::scrub_step(bucket.cache().files(), period, now));
        if (!checked) return now + std::clamp(period / 10, cache_look_min, cache_look_max);
        if (checked->damaged) {
            bucket.cache().forget(checked->sha256);
            journal.warn("a cached artifact was damaged, it will be fetched again",
                         {{"sha256", checked->sha256}});
        }
        return now + breath;
    };
    return {.name = "scrub the cache", .run = std::move(run)};
}

}  // namespace updraft::app
