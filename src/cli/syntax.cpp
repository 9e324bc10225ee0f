#include "cli/syntax.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <sstream>

#include "text/clean_text.h"
#include "text/nearest.h"
#include "text/whole_number.h"

namespace updraft::cli {
namespace {

// The flag of an argument that may be given by its place too stands in the list of flags without
// its text and without a second REQUIRED.
class HelpText final : public CLI::Formatter {
public:
    std::string make_option(CLI::Option const* option, bool is_positional) const override {
        if (is_positional || !option->get_positional()) {
            return Formatter::make_option(option, is_positional);
        }
        std::stringstream out;
        CLI::detail::format_help(out, make_option_name(option, false) + " TEXT",
                                 "The same as " + make_option_name(option, true) + ".",
                                 column_width_);
        return out.str();
    }
    // Without other names, which are for those who know them.
    std::string make_subcommand(CLI::App const* command) const override {
        std::stringstream out;
        CLI::detail::format_help(out, command->get_name(), command->get_description(),
                                 column_width_);
        return out.str();
    }
};

std::vector<std::string> commands_below(CLI::App const& app) {
    std::vector<std::string> names;
    for (auto const* command : app.get_subcommands([](CLI::App const*) { return true; })) {
        names.push_back(command->get_name());
        for (auto const& alias : command->get_aliases()) names.push_back(alias);
    }
    return names;
}

std::vector<std::string> flags_of(CLI::App const& app) {
    std::vector<std::string> names;
    for (auto const* option : app.get_options([](CLI::Option const*) { return true; })) {
        for (auto const& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
}

void collect_words(CLI::App const& app, std::string const& command,
                   std::vector<KnownWords>& known) {
    auto words = commands_below(app);
    if (words.empty()) words = flags_of(app);
    known.push_back({command, std::move(words)});
    for (auto const* below : app.get_subcommands([](CLI::App const*) { return true; })) {
        collect_words(*below, command + " " + below->get_name(), known);
        for (auto const& alias : below->get_aliases()) {
            collect_words(*below, command + " " + alias, known);
        }
    }
}

std::string listed(std::vector<std::string> const& words) {
    std::string text;
    for (auto const& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

// "; did you mean …?", or all known words when none is near.
std::string hint(std::string const& word, std::vector<std::string> const& known) {
    if (auto const near = text::nearest(word, known)) return "; did you mean " + *near + "?";
    return "; there are: " + listed(known);
}

std::string path_of(CLI::App const& app) {
    auto const* const above = app.get_parent();
    return (above == nullptr ? "" : path_of(*above) + " ") + app.get_name();
}

// Why the words cannot be a command line, as far as that is a word which is not known; empty when
// it has another reason.
std::string unknown_word(CLI::App const& root, std::vector<std::string> const& words) {
    auto const* at = &root;
    std::size_t next = 0;
    for (; next < words.size() && !commands_below(*at).empty(); ++next) {
        auto const& word = words[next];
        if (word.starts_with('-')) break;
        auto const named =
            at->get_subcommands([&](CLI::App const* command) { return command->check_name(word); });
        if (named.empty()) {
            return "\"" + word + "\" is no command of " + path_of(*at) +
                   hint(word, commands_below(*at));
        }
        at = named.front();
    }
    auto const below = commands_below(*at);
    if (next == words.size() && !below.empty()) {
        return path_of(*at) + " needs a command: " + listed(below);
    }
    for (; next < words.size() && words[next] != "--"; ++next) {
        auto flag = words[next].substr(0, words[next].find('='));
        // A word such as -5 is a value. One letter may be followed by its value at once.
        if (flag.size() < 2 || flag[0] != '-' || text::is_digit(flag[1])) continue;
        if (flag[1] != '-') flag.resize(2);
        if (at->get_option_no_throw(flag) != nullptr) continue;
        return flag + " is no flag of " + path_of(*at) + hint(flag, flags_of(*at));
    }
    return {};
}

// Prints the help, or what CLI11 says is wrong, which may repeat a word of the command line.
// Answers the exit status.
int explain(CLI::App const& root, CLI::ParseError const& error) {
    std::ostringstream help;
    std::ostringstream wrong;
    auto const status = root.exit(error, help, wrong);
    std::cout << help.str() << std::flush;
    std::cerr << text::escaped(wrong.str(), "\n\t");
    return status == 0 ? 0 : 2;
}

}  // namespace

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
    auto const known = app_->get_subcommands(
        [&](CLI::App const* below) { return below->get_name() == name; });
    if (!known.empty()) return {known.front(), exit_status_};
    return {app_->add_subcommand(name, help), exit_status_};
}

void Syntax::also(std::string const& name) const { app_->alias(name); }

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
    root_->formatter(std::make_shared<HelpText>());  // The commands below use it as well.
    root_->require_subcommand(1);
}

CommandLine::~CommandLine() = default;

Syntax CommandLine::syntax() { return {root_.get(), &exit_status_}; }

std::vector<KnownWords> CommandLine::known_words() const {
    std::vector<KnownWords> known;
    collect_words(*root_, root_->get_name(), known);
    return known;
}

int CommandLine::run(int argc, char const* const* argv) {
    try {
        root_->parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        std::vector<std::string> const words(argv + 1, argv + std::max(argc, 1));
        auto const helps = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);
        auto const why = helps ? std::string{} : unknown_word(*root_, words);
        if (why.empty()) return explain(*root_, error);
        std::cerr << text::escaped(why) << "\nRun with --help for more information.\n";
        return 2;
    }
    std::cout << std::flush;
    return std::cout.good() ? exit_status_ : 1;
}

}  // namespace updraft::cli
