#include "app/settings/injected_variables.h"

#include <algorithm>
#include <array>

namespace updraft::app {
namespace {

constexpr auto variables_of_commands = std::to_array<std::string_view>({
    "UPDRAFT_CONFIG",
    "UPDRAFT_DATA",
    "UPDRAFT_URL",
    "UPDRAFT_ADMIN_TOKEN",
    "UPDRAFT_ADMIN_TOKEN_FILE",
});

// "..._PORT_80_TCP" and what follows it.
bool is_of_a_port(std::string_view variable) {
    constexpr std::string_view port = "_PORT_";
    for (auto at = variable.find(port); at != std::string_view::npos;
         at = variable.find(port, at + 1)) {
        auto const rest = variable.substr(at + port.size());
        auto const digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        if (digits == 0) continue;
        for (std::string_view const protocol : {"_TCP", "_UDP", "_SCTP"}) {
            if (rest.substr(digits).starts_with(protocol)) return true;
        }
    }
    return false;
}

}  // namespace

bool is_injected(std::string_view variable, std::string_view value) {
    if (variable.ends_with("_SERVICE_HOST") || variable.ends_with("_SERVICE_PORT")) return true;
    if (variable.find("_SERVICE_PORT_") != std::string_view::npos) return true;
    // Somebody who wants to set a port writes a number.
    auto const is_url = value.find("://") != std::string_view::npos;
    if (is_url && variable.ends_with("_PORT")) return true;
    return is_of_a_port(variable);
}

bool is_of_commands(std::string_view variable) {
    return std::ranges::find(variables_of_commands, variable) != variables_of_commands.end();
}

}  // namespace updraft::app
