#include "app/commands/command_line.h"

#include <exception>
#include <iostream>

#include "app/commands/artifact_commands.h"
#include "app/commands/demo.h"
#include "app/commands/health_command.h"
#include "app/commands/keeping_commands.h"
#include "app/commands/operator_reset.h"
#include "app/commands/server_commands.h"
#include "app/commands/simulate.h"
#include "app/process/descriptors.h"
#include "app/process/signals.h"
#include "cli/completion.h"
#include "cli/login.h"
#include "cli/operate.h"
#include "cli/syntax.h"
#include "text/clean_text.h"
#include "vocabulary/version.h"

namespace updraft::app {

int run(int argc, char const* const* argv) {
    ignore_deadly_signals();
    raise_descriptor_limit();
    cli::CommandLine line("updraft",
                          "Firmware upgrades for devices: an open API for apps, DDI for devices.",
                          std::string("updraft ") + program_version());
    auto const root = line.syntax();
    add_serve(root);
    add_demo(root);
    add_simulate(root);
    add_config(root);
    add_keeping(root);
    add_artifact(root);
    cli::add_login(root);
    cli::add_logout(root);
    cli::add_operator_commands(root);
    add_operator_reset(root);
    add_health(root);
    cli::add_completion(line);
    try {
        return line.run(argc, argv);
    } catch (std::exception const& error) {
        std::cerr << "updraft: " << text::escaped(error.what()) << "\n";
        return 1;
    }
}

}  // namespace updraft::app
