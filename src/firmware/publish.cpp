#include "firmware/publish.h"

#include <algorithm>
#include <ranges>

#include "firmware/agreement.h"
#include "firmware/stored_image.h"
#include "ports/announcements_table.h"
#include "ports/releases_table.h"
#include "vocabulary/if_found.h"
#include "vocabulary/new_name.h"

namespace updraft::firmware {

namespace {

constexpr std::string_view all_the_same =
    "; say \"acceptMismatch\":true to release it all the same";

Result<void> check_whole(Release const& release) {
    auto const damage = read_stored_image(release.artifact->image).damage;
    if (!damage) return {};
    return fail(Errc::invalid, "file: it is " + *damage + std::string(all_the_same));
}

// Detects the most common mistake of publishing, which is uploading the wrong file.
Result<void> check_version(Release const& release) {
    auto const inside = contradiction(release.artifact->image, release.version);
    auto const declared = std::ranges::any_of(release.reported_as, [&](Version const& other) {
        return file_says(release.inside, other);
    });
    if (!inside || declared) return {};
    return fail(Errc::invalid, "firmwareVersion is " + release.version.value +
                                   ", but the file says that it is version " + *inside +
                                   std::string(all_the_same));
}

Result<void> announce(Tx& tx, Release const& release, Instant now) {
    TRY(tx.announcements().stop(release.id));  // Two walks of a release may not meet.
    return tx.announcements().open(
        {.release = release.id, .model = release.model, .created_at = now});
}

Result<void> set_availability(Tx& tx, Release& release, Availability to, Instant now) {
    if (release.state != ReleaseState::released) {
        return fail(Errc::conflict, "availability: the firmware is not released");
    }
    if (release.availability == to) return {};
    release.availability = to;
    release.changed_at = now;
    return to == Availability::everyone ? announce(tx, release, now) : Result<void>{};
}

std::string own_name(Artifact const& artifact) {
    return std::string(default_file_name(read_stored_image(artifact.image).format));
}

}  // namespace

std::string_view default_file_name(Format format) {
    switch (format) {
        case Format::swu:
            return "firmware.swu";
        case Format::rauc:
            return "firmware.raucb";
        case Format::mender:
            return "firmware.mender";
        default:
            return "firmware.bin";
    }
}

Result<Release> find(Tx const& tx, ReleaseId id) {
    return existing(tx.releases().find(id), "firmware", std::to_string(id.value));
}

Result<std::string> read_file_name(std::string_view text, std::string_view field) {
    auto const wrong = [&](std::string const& why) {
        return fail(Errc::invalid, std::string(field) + " " + why);
    };
    if (text.empty() || text.size() > file_name_bytes_max) {
        return wrong("must have 1 to " + std::to_string(file_name_bytes_max) + " bytes");
    }
    TRY(check_new_name(text, field));
    if (text.find_first_of("/\\") != std::string_view::npos) return wrong("contains a slash");
    if (text == "." || text == "..") return wrong("is no name of a file");
    if (text.ends_with(".MD5SUM")) return wrong("ends in .MD5SUM, which names checksums");
    return std::string(text);
}

Result<Release> draft(Tx& tx, Draft const& wanted, Instant now) {
    Release made;
    made.model = wanted.model;
    made.version = wanted.version;
    made.update_log = wanted.update_log;
    if (wanted.release_date) made.release_date = written(*wanted.release_date);
    made.reported_as = wanted.reported_as;
    made.requires_version = wanted.requires_version;
    made.file_name = wanted.file_name.value_or("");
    made.created_at = now;
    TRY_ASSIGN(made.id, tx.releases().insert(made));
    return made;
}

Result<Release> change(Tx& tx, ReleaseId id, ReleaseChange const& wanted, Instant now) {
    TRY_ASSIGN(auto changed, find(tx, id));
    if (changed.state == ReleaseState::withdrawn) {
        return fail(Errc::conflict, "this firmware was withdrawn, so it cannot be changed");
    }
    if (wanted.update_log) changed.update_log = *wanted.update_log;
    if (wanted.reported_as) changed.reported_as = *wanted.reported_as;
    if (wanted.availability) TRY(set_availability(tx, changed, *wanted.availability, now));
    TRY(tx.releases().replace(changed));
    if (wanted.reported_as) TRY(tx.releases().rename(changed));
    return changed;
}

Result<Release> draft_of(Tx const& tx, ReleaseId id) {
    TRY_ASSIGN(auto found, find(tx, id));
    if (found.state != ReleaseState::draft) {
        return fail(Errc::conflict, "only a draft can be changed, and this firmware is none");
    }
    return found;
}

Result<Release> attach(Tx& tx, ReleaseId id, Artifact const& artifact) {
    TRY_ASSIGN(auto changed, draft_of(tx, id));
    // A name that we gave to the file before is not the operator's.
    if (changed.artifact && changed.file_name == own_name(*changed.artifact)) {
        changed.file_name.clear();
    }
    if (changed.file_name.empty()) changed.file_name = own_name(artifact);
    changed.artifact = artifact;
    TRY(tx.releases().replace(changed));
    return changed;
}

Result<void> make_available(Tx& tx, ReleaseId id, Availability to, Instant now) {
    TRY_ASSIGN(auto found, find(tx, id));
    TRY(set_availability(tx, found, to, now));
    return tx.releases().replace(found);
}

Result<Release> release(Tx& tx, ToRelease const& wanted, Instant now) {
    TRY_ASSIGN(auto found, find(tx, wanted.id));
    if (found.state == ReleaseState::released) return found;
    if (found.state == ReleaseState::withdrawn) {
        return fail(Errc::conflict, "this firmware was withdrawn; publish it as a new version");
    }
    if (!found.artifact) return fail(Errc::invalid, "file: upload one before the release");
    if (wanted.mismatch == Mismatch::refuse) {
        TRY(check_whole(found));
        TRY(check_version(found));
    }
    if (found.file_name.empty()) found.file_name = own_name(*found.artifact);
    TRY_ASSIGN(found.order, tx.releases().next_order());
    found.state = ReleaseState::released;
    found.availability = wanted.availability;
    found.released_at = now;
    found.changed_at = now;
    if (found.release_date.empty()) found.release_date = local_date(now, wanted.utc_offset);
    TRY(tx.releases().replace(found));
    if (found.availability == Availability::everyone) TRY(announce(tx, found, now));
    return found;
}

Result<void> announce_again(Tx& tx, ModelName const& model, Instant now) {
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(model));
    for (auto const& release : std::views::reverse(catalog->releases)) {
        if (release.state == ReleaseState::released) return announce(tx, release, now);
    }
    return {};
}

Result<Release> withdraw(Tx& tx, ReleaseId id, Instant now) {
    TRY_ASSIGN(auto found, find(tx, id));
    if (found.state == ReleaseState::draft) {
        return fail(Errc::conflict, "a draft is not on offer; delete it instead");
    }
    if (found.state == ReleaseState::withdrawn) return found;
    found.state = ReleaseState::withdrawn;
    found.changed_at = now;
    TRY(tx.releases().replace(found));
    TRY(tx.announcements().stop(id));
    return found;
}

Result<void> discard(Tx& tx, ReleaseId id) {
    TRY(draft_of(tx, id));
    return tx.releases().remove(id);
}

}  // namespace updraft::firmware
