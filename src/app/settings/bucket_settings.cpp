#include "app/settings/bucket_settings.h"

#include <utility>

#include "app/process/key_file.h"

namespace updraft::app {
namespace {

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

}  // namespace updraft::app
