#include "app/commands/artifact_commands.h"

#include <sys/stat.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <utility>

#include "app/commands/bucket_place.h"
#include "app/commands/setting_flags.h"
#include "app/process/system_clock.h"
#include "app/process/temporary_folder.h"
#include "app/settings/bucket_settings.h"
#include "blobdir/blob_dir.h"
#include "keeping/copy_artifacts.h"
#include "text/clean_text.h"

namespace updraft::app {
namespace {

struct Words {
    std::shared_ptr<SettingSources> sources;
    std::string from;
    std::string to;
};

bool is_bucket(std::string const& place) { return place.starts_with(bucket::bucket_scheme); }

using PlacePtr = std::unique_ptr<keeping::ArtifactPlace>;

Result<PlacePtr> look_at(std::string const& place, Settings::Firmware const& firmware,
                         Clock const& clock) {
    PlacePtr looked = std::make_unique<keeping::ArtifactFolder>(place);
    if (!is_bucket(place)) return looked;
    TRY_ASSIGN(auto read, bucket::read_place(place));
    TRY_ASSIGN(auto settings, client_settings(firmware, std::move(read)));
    looked = std::make_unique<BucketPlace>(std::move(settings), clock);
    return looked;
}

Result<std::unique_ptr<Blobs>> write_to(std::string const& place,
                                        Settings::Firmware const& firmware,
                                        std::filesystem::path const& scratch, Clock const& clock) {
    std::unique_ptr<Blobs> written;
    if (!is_bucket(place)) {
        TRY_ASSIGN(written, blobdir::BlobDir::open_folder(place, clock));
        return written;
    }
    bucket::BucketSettings settings;
    TRY_ASSIGN(auto read, bucket::read_place(place));
    TRY_ASSIGN(settings.client, client_settings(firmware, std::move(read)));
    settings.cache_folder = scratch / "cache";
    settings.cache_bytes_max = 1;
    TRY_ASSIGN(written, bucket::Bucket::open_bucket(std::move(settings), clock));
    return written;
}

Result<keeping::CopiedArtifacts> copy_between(Settings::Firmware const& firmware,
                                              Words const& words) {
    SystemClock const clock;
    TRY_ASSIGN(auto const on_its_way, TemporaryFolder::make("updraft-copy"));
    TRY_ASSIGN(auto const from, look_at(words.from, firmware, clock));
    TRY(from->list());  // Before the target is made.
    TRY_ASSIGN(auto const into, write_to(words.to, firmware, on_its_way.path(), clock));
    TRY_ASSIGN(auto const to, look_at(words.to, firmware, clock));
    return keeping::copy_artifacts(*from, *to, *into);
}

int copy_and_report(Settings const& settings, Words const& words) {
    ::umask(077);
    auto const copied = copy_between(settings.firmware, words);
    if (!copied) {
        std::cerr << "updraft: " << text::one_line(copied.error().detail) << "\n";
        return 1;
    }
    for (auto const& sha256 : copied->damaged) {
        std::cerr << "updraft: the artifact " << sha256 << " is damaged in " << words.from
                  << " and was not copied\n";
    }
    std::cout << "copied and compared: " << copied->copied << " artifacts, " << copied->copied_bytes
              << " bytes; " << copied->there_already << " were there already\n";
    return copied->damaged.empty() ? 0 : 1;
}

}  // namespace

void add_artifact(cli::Syntax const& root) {
    auto const artifact =
        root.command("artifact", "Copy firmware files between folders and buckets.");
    artifact.require_command();
    auto const syntax = artifact.command(
        "copy",
        "Copy and compare every firmware file. Run again, it copies what is still missing.");
    auto const words = std::make_shared<Words>();
    words->sources = add_place_flags(syntax);
    syntax.option("--from", words->from, "Folder, or s3://BUCKET[/PREFIX].").required();
    syntax.option("--to", words->to, "Folder, or s3://BUCKET[/PREFIX].").required();
    syntax.when_given([words] {
        return with_settings(*words->sources, [&](Settings const& settings) {
            return copy_and_report(settings, *words);
        });
    });
}

}  // namespace updraft::app
