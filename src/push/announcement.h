// A new release, or a withdrawn one, that apps are being told about.
//
// Lives here: the types: one announcement for each release, and in it one walk for each app.
//
// Not here:   advancing a walk (push/announce.h), the rows (ports/announcements_table.h).
#pragma once

#include <string>

#include "vocabulary/ids.h"
#include "vocabulary/instant.h"

namespace updraft::push {

struct Announcement {
    ReleaseId release;
    ModelName model;
    Instant created_at;
};

// How far the release is announced to one app: a position in the list of the model's devices. A
// release for a million devices is one row for each app, not a million rows.
struct Walk {
    ReleaseId release;
    ModelName model;
    AppId appid;
    std::string after;  // Cursor of the list of the model's devices; empty: from its beginning.
};

}  // namespace updraft::push
