#include "app/command_line.h"

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "app/artifact_commands.h"
#include "app/demo.h"
#include "app/descriptors.h"
#include "app/keeping_commands.h"
#include "app/serve.h"
#include "app/signals.h"
#include "app/simulate.h"
#include "cli/operate.h"
#include "vocabulary/version.h"

namespace updraft::app {

int run(int argc, char const* const* argv) {
    ignore_deadly_signals();
    raise_descriptor_limit();
    int exit_status = 0;
    CLI::App root("Firmware upgrades for devices: an open API for apps, DDI for devices.",
                  "updraft");
    root.set_version_flag("--version", std::string("updraft ") + program_version());
    root.require_subcommand(1);
    add_serve(root, exit_status);
    add_demo(root, exit_status);
    add_simulate(root, exit_status);
    add_config(root, exit_status);
    add_keeping(root, exit_status);
    add_artifact(root, exit_status);
    cli::add_operator_commands(root, exit_status);
    try {
        root.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        return root.exit(error) == 0 ? 0 : 2;
    } catch (std::exception const& error) {
        std::cerr << "updraft: " << error.what() << "\n";
        return 1;
    }
    std::cout << std::flush;
    return std::cout.good() ? exit_status : 1;
}

}  // namespace updraft::app
