#include "app/commands/setting_flags.h"

#include <iostream>
#include <utility>

#include "text/clean_text.h"

namespace updraft::app {
namespace {

// Prints the problems. Answers the exit status: 2 when a flag is wrong, else 1.
int report(std::vector<std::string> const& problems) {
    auto usage = false;
    for (auto const& problem : problems) {
        std::cerr << "updraft: " << text::one_line(problem) << "\n";
        usage = usage || problem.starts_with("--");
    }
    return usage ? 2 : 1;
}

}  // namespace

std::shared_ptr<SettingSources> add_place_flags(cli::Syntax const& syntax) {
    auto sources = std::make_shared<SettingSources>();
    syntax.option("--config", sources->file, "Configuration file (TOML).")
        .variable("UPDRAFT_CONFIG");
    syntax.option("--data", sources->data_dir, "Data directory; made when it is missing.")
        .variable("UPDRAFT_DATA")
        .show_default();
    syntax.option("--store", sources->store,
                  "Database: sqlite:PATH or postgresql://…; without it, as configured.");
    return sources;
}

std::shared_ptr<SettingSources> add_setting_flags(cli::Syntax const& syntax) {
    auto sources = add_place_flags(syntax);
    syntax
        .option("--listen", sources->listen,
                "ADDRESS:PORT to listen on; give it several times for several. Port 0: any free "
                "port.")
        .one_value_each();
    return sources;
}

int with_settings(SettingSources sources, std::function<int(Settings)> const& work) {
    sources.environment = process_environment();
    auto loaded = load_settings(sources);
    if (!loaded.problems.empty()) return report(loaded.problems);
    return work(std::move(loaded.settings));
}

}  // namespace updraft::app
