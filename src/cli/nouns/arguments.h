// Arguments that the commands of several nouns have.
//
// Lives here: ids in paths, and the filters by time.
//
// Not here:   the arguments of one noun (its file beside this one), those of every list
//             (cli/commands.h).
#pragma once

#include "cli/commands.h"

namespace updraft::cli {

inline constexpr auto optional = Need::optional;
inline constexpr auto required = Need::required;

inline constexpr Argument appid_in_path{"appid,--appid", "appid", Place::path, required,
                                        "Id of the app."};
inline constexpr Argument did_in_path{"did,--did", "did", Place::path, required,
                                      "Id of the device."};
inline constexpr Argument id_in_path{"id,--id", "id", Place::path, required, "Its id."};

inline constexpr std::string_view window_meaning =
    "When a rollout of the mode install starts upgrades: any, or [DAYS,]HH:MM-HH:MM[,ZONE], such "
    "as mon-fri,22:00-06:00,Europe/Berlin. Without a zone: the device's.";

inline constexpr Argument since_filter{"--since", "since", Place::query, optional,
                                       "Only from this time on (RFC 3339)."};
inline constexpr Argument until_filter{"--until", "until", Place::query, optional,
                                       "Only before this time (RFC 3339)."};

}  // namespace updraft::cli
