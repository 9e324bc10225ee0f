// A release on its way to being told to every app that it concerns.
//
// Lives here: the nouns: one announcement for each release, one walk for each app in it.
// Not here:   the walking (push/announce.h), rows (ports/announcements_table.h).
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

// How far one app has been told. A walk is a position, not rows in wait: a million devices cost
// one.
struct Walk {
    ReleaseId release;
    ModelName model;
    AppId appid;
    std::string after;  // Where the list of the model's devices goes on; empty: at its beginning.
};

}  // namespace updraft::push
