#include "firmware/publish.h"

#include "firmware/agreement.h"
#include "ports/announcements_table.h"
#include "ports/releases_table.h"
#include "text/clean_text.h"
#include "vocabulary/if_found.h"

namespace updraft::firmware {

namespace {

// Detects the most common mistake of publishing, which is uploading the wrong file.
Result<void> check_version(Release const& release) {
    auto const inside = contradiction(release.artifact->image, release.version);
    if (!inside) return {};
    return fail(Errc::invalid, "firmwareVersion is " + release.version.value +
                                   ", but the file says that it is version " + *inside +
                                   "; say \"acceptMismatch\":true to release it all the same");
}

}  // namespace

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
    if (!text::is_clean(text)) return wrong("contains a control character");
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
    made.requires_version = wanted.requires_version;
    made.file_name = wanted.file_name.value_or(std::string(default_file_name));
    made.created_at = now;
    auto id = tx.releases().insert(made);
    if (!id && id.error().code == Errc::conflict) {
        return fail(Errc::conflict, "firmwareVersion " + wanted.version.value + " of deviceModel " +
                                        wanted.model.value + " exists already");
    }
    if (!id) return pass(id);
    made.id = *id;
    return made;
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
    changed.artifact = artifact;
    TRY(tx.releases().replace(changed));
    return changed;
}

Result<Release> release(Tx& tx, ReleaseId id, Mismatch mismatch, std::chrono::minutes utc_offset,
                        Instant now) {
    TRY_ASSIGN(auto found, find(tx, id));
    if (found.state == ReleaseState::released) return found;
    if (found.state == ReleaseState::withdrawn) {
        return fail(Errc::conflict, "this firmware was withdrawn; publish it as a new version");
    }
    if (!found.artifact) return fail(Errc::invalid, "file: upload one before the release");
    if (mismatch == Mismatch::refuse) TRY(check_version(found));
    TRY_ASSIGN(found.order, tx.releases().next_order());
    found.state = ReleaseState::released;
    found.released_at = now;
    if (found.release_date.empty()) found.release_date = local_date(now, utc_offset);
    TRY(tx.releases().replace(found));
    push::Announcement const announcement{
        .release = found.id, .model = found.model, .created_at = now};
    TRY(tx.announcements().open(announcement));
    return found;
}

Result<Release> withdraw(Tx& tx, ReleaseId id) {
    TRY_ASSIGN(auto found, find(tx, id));
    if (found.state == ReleaseState::draft) {
        return fail(Errc::conflict, "a draft is not on offer; delete it instead");
    }
    if (found.state == ReleaseState::withdrawn) return found;
    found.state = ReleaseState::withdrawn;
    TRY(tx.releases().replace(found));
    TRY(tx.announcements().stop(id));
    return found;
}

Result<void> discard(Tx& tx, ReleaseId id) {
    TRY(draft_of(tx, id));
    return tx.releases().remove(id);
}

}  // namespace updraft::firmware
