#include "app/artifacts.h"

#include <algorithm>
#include <utility>

#include "app/key_file.h"
#include "firmware/upkeep.h"

namespace updraft::app {
namespace {

constexpr Millis watch_every{30'000};
constexpr Millis look_again{5'000};
constexpr Millis breath{20};
constexpr Millis cache_look_max = std::chrono::minutes{1};
constexpr Millis cache_look_min{100};

bucket::BaseAddress address_of_aws(std::string const& region) {
    return {.scheme = "https", .host = "s3." + region + ".amazonaws.com", .path = {}};
}

}  // namespace

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
