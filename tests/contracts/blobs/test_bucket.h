// The settings of the S3 server that ctest starts for this suite. Each test has a prefix of its
// own.
//
// Lives here: reading the file that stage/bucket_server.py writes.
//
// Not here:   starting the server (ctest).
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "bucket/client.h"

namespace updraft {

// Nothing when no server runs.
inline std::optional<bucket::ClientSettings> test_bucket() {
    static int made = 0;
    auto const* const file = std::getenv("UPDRAFT_TEST_BUCKET");
    std::ifstream in(file == nullptr ? "" : file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    if (lines.size() < 4) return std::nullopt;
    bucket::ClientSettings settings;
    settings.place.bucket = "contract";
    settings.place.prefix = std::to_string(::getpid()) + "-" + std::to_string(++made) + "/";
    settings.endpoint = bucket::read_base_address(lines[0]).value();
    settings.public_address = settings.endpoint;
    settings.credentials = {lines[1], Secret(lines[2]), lines[3]};
    return settings;
}

}  // namespace updraft
