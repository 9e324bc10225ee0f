// The devices of a simulated fleet: read from a file of credentials, or made by the admin API.
//
// Lives here: reading and writing such a file, and making devices.
//
// Not here:   the devices themselves (simulator/device.h), the command's flags
//             (app/commands/simulate.cpp).
#pragma once

#include <string>
#include <vector>

#include "cli/client.h"
#include "simulator/device.h"
#include "vocabulary/result.h"

namespace updraft::app {

// Makes the file when it is missing, and changes nothing in one that exists. Errc::invalid when it
// cannot be written.
[[nodiscard]] Result<void> may_write_members(std::string const& file);

// Reads a line for each device: `did,token` or `did,token,version`; empty lines and those that
// begin with '#' are skipped. With `gateway_token` the token may be left out. Errc::invalid names
// file and line.
[[nodiscard]] Result<std::vector<simulator::Member>> read_members(std::string const& file,
                                                                  std::string const& gateway_token);
// Writes such a file (0600), for the next run.
[[nodiscard]] Result<void> write_members(std::string const& file,
                                         std::vector<simulator::Member> const& members);

struct Enrolment {
    std::size_t devices = 10;
    std::size_t gateways = 0;  // Over 0: every device is a sub-device of one of them.
    std::string did_prefix = "sim-";
    std::vector<std::string> models;  // The devices get these models in turn.
    std::string version = "1.0.0";
    std::string open_id;  // Empty: the devices have no user.
};
// Makes the devices by the admin API. A device that exists is replaced and gets a new token.
// Gateways come first in the answer; they upgrade like all others.
[[nodiscard]] Result<std::vector<simulator::Member>> enrol(cli::Endpoint const& endpoint,
                                                           Enrolment const& wanted);

struct Ordered {
    std::int64_t started = 0;
    std::int64_t refused = 0;
    std::string why;  // Of the first refusal.
};
// Orders an upgrade of each device by the admin API.
[[nodiscard]] Result<Ordered> order_upgrades(cli::Endpoint const& endpoint,
                                             std::vector<simulator::Member> const& members);

// Makes one device by PUT with the JSON `fields`, and answers its token.
[[nodiscard]] Result<std::string> enrol_one(cli::Endpoint const& endpoint, std::string const& did,
                                            std::string const& fields);

// The body of the answer, or an error with the status and the detail of the server.
[[nodiscard]] Result<std::string> must_be_good(Result<cli::Answer> answer, std::string const& what);

}  // namespace updraft::app
