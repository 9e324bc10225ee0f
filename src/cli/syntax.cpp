#include "cli/syntax.h"

#include <CLI/CLI.hpp>
#include <iostream>

namespace updraft::cli {

Option const& Option::variable(std::string const& name) const {
    option_->envname(name);
    return *this;
}

Option const& Option::show_default() const {
    option_->capture_default_str();
    return *this;
}

Option const& Option::required(bool is) const {
    option_->required(is);
    return *this;
}

Option const& Option::between(int least, int most) const {
    option_->check(CLI::Range(least, most));
    return *this;
}

Option const& Option::between(double least, double most) const {
    option_->check(CLI::Range(least, most));
    return *this;
}

Option const& Option::one_value_each() const {
    option_->allow_extra_args(false);
    return *this;
}

Option const& Option::one_value() const {
    option_->expected(1)->allow_extra_args(false);
    return *this;
}

Option const& Option::split_at_commas() const {
    option_->delimiter(',')->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    return *this;
}

Syntax Syntax::command(std::string const& name, std::string const& help) const {
    return {app_->add_subcommand(name, help), exit_status_};
}

void Syntax::require_command() const { app_->require_subcommand(1); }

void Syntax::when_given(std::function<int()> run) const {
    app_->callback([run = std::move(run), status = exit_status_] { *status = run(); });
}

Option Syntax::option(std::string const& flags, std::string& value, std::string const& help) const {
    return Option{app_->add_option(flags, value, help)};
}

Option Syntax::option(std::string const& flags, std::optional<std::string>& value,
                      std::string const& help) const {
    return Option{app_->add_option(flags, value, help)};
}

Option Syntax::option(std::string const& flags, std::vector<std::string>& values,
                      std::string const& help) const {
    return Option{app_->add_option(flags, values, help)};
}

Option Syntax::option(std::string const& flags, double& value, std::string const& help) const {
    return Option{app_->add_option(flags, value, help)};
}

Option Syntax::option(std::string const& flags, std::int64_t& value,
                      std::string const& help) const {
    return Option{app_->add_option(flags, value, help)};
}

Option Syntax::option(std::string const& flags, std::uint64_t& value,
                      std::string const& help) const {
    return Option{app_->add_option(flags, value, help)};
}

void Syntax::flag(std::string const& flags, bool& value, std::string const& help) const {
    app_->add_flag(flags, value, help);
}

void Syntax::flag(std::string const& flags, std::function<void()> given,
                  std::string const& help) const {
    app_->add_flag_callback(flags, std::move(given), help);
}

CommandLine::CommandLine(std::string const& program, std::string const& help,
                         std::string const& version)
    : root_(std::make_unique<CLI::App>(help, program)) {
    root_->set_version_flag("--version", version);
    root_->require_subcommand(1);
}

CommandLine::~CommandLine() = default;

Syntax CommandLine::syntax() { return {root_.get(), &exit_status_}; }

int CommandLine::run(int argc, char const* const* argv) {
    try {
        root_->parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        return root_->exit(error) == 0 ? 0 : 2;
    }
    std::cout << std::flush;
    return std::cout.good() ? exit_status_ : 1;
}

}  // namespace updraft::cli
