#include "app/commands/server_commands.h"

#include <iostream>
#include <utility>

#include "app/commands/setting_flags.h"
#include "app/process/system_clock.h"
#include "app/serve.h"
#include "app/settings/named_files.h"
#include "app/settings/settings_keys.h"
#include "text/clean_text.h"

namespace updraft::app {

void add_serve(cli::Syntax const& root) {
    auto const syntax = root.command("serve", "Run the server until SIGTERM or Ctrl-C.");
    auto const sources = add_setting_flags(syntax);
    syntax.when_given([sources] {
        return with_settings(*sources,
                             [](Settings settings) { return serve(std::move(settings)); });
    });
}

void add_config(cli::Syntax const& root) {
    auto const config = root.command("config", "Check or print the configuration.");
    config.require_command();
    auto const check = config.command(
        "check", "Check the configuration and the files that it names; list what is wrong.");
    auto const sources = add_setting_flags(check);
    check.when_given([sources] {
        return with_settings(*sources, [](Settings const& settings) {
            auto found = check_named_files(settings, SystemClock().now());
            check_named_store(settings, found);
            auto const say = [](std::string const& what) {
                std::cerr << "updraft: " << text::one_line(what) << "\n";
            };
            for (auto const& problem : found.problems) say(problem);
            for (auto const& warning : settings.warnings) say("warning: " + warning);
            for (auto const& warning : found.warnings) say("warning: " + warning);
            if (!found.problems.empty()) return 1;
            std::cout << "the configuration is right\n";
            return 0;
        });
    });
    auto const example =
        config.command("example", "Print every setting with its meaning and its default.");
    example.when_given([] {
        std::cout << example_configuration();
        return 0;
    });
}

}  // namespace updraft::app
