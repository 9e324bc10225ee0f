// The syntax of the program's command line: commands, their options and flags, and the variables
// that are filled from them.
//
// Lives here: declaring and parsing, the help text, the exit status, all by CLI11. Only syntax.cpp
//             includes its header, because a file that includes it takes 8 s longer to compile.
//
// Not here:   which commands there are (cli/operate.h, app/commands/).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace updraft::cli {

// An option that was declared. All calls answer the same option.
class Option {
public:
    // The value is taken from this environment variable when the command line does not give it.
    Option const& variable(std::string const& name) const;
    // The help shows the present value of the C++ variable as the default.
    Option const& show_default() const;
    Option const& required(bool is = true) const;
    // A value below `least` or above `most` is wrong usage.
    Option const& between(int least, int most) const;
    Option const& between(double least, double most) const;
    // Takes one value each time that the flag is given; without this, a list takes all words that
    // follow.
    Option const& one_value_each() const;
    // Exactly one value; more are wrong usage.
    Option const& one_value() const;
    // The flag may be given several times; each value is also split at commas.
    Option const& split_at_commas() const;

private:
    friend class Syntax;
    explicit Option(CLI::Option* option) : option_(option) {}
    CLI::Option* option_;
};

// What may follow one command, or the program's name. Variables must live until parsing has ended.
// In `flags`, "name" is positional, "--name" is not, "name,--name" is both.
class Syntax {
public:
    // Another command below this one. Its callbacks give the exit status: 0 done, 1 failed, 2
    // wrong usage. The same command, when one of that name was declared before: commands of two
    // folders may stand below one word.
    [[nodiscard]] Syntax command(std::string const& name, std::string const& help) const;
    // Another name of this command.
    void also(std::string const& name) const;
    // One of the commands below must be given.
    void require_command() const;
    // Called when this command was given, after its variables were filled. Answers the exit status.
    void when_given(std::function<int()> run) const;

    Option option(std::string const& flags, std::string& value, std::string const& help) const;
    Option option(std::string const& flags, std::optional<std::string>& value,
                  std::string const& help) const;
    Option option(std::string const& flags, std::vector<std::string>& values,
                  std::string const& help) const;
    Option option(std::string const& flags, double& value, std::string const& help) const;
    Option option(std::string const& flags, std::int64_t& value, std::string const& help) const;
    Option option(std::string const& flags, std::uint64_t& value, std::string const& help) const;
    void flag(std::string const& flags, bool& value, std::string const& help) const;
    void flag(std::string const& flags, std::function<void()> given, std::string const& help) const;

private:
    friend class CommandLine;
    Syntax(CLI::App* app, int* exit_status) : app_(app), exit_status_(exit_status) {}
    CLI::App* app_;
    int* exit_status_;
};

// A command, as "updraft device list", with the words that may follow it: commands, else flags.
struct KnownWords {
    std::string command;
    std::vector<std::string> words;
};

// The whole command line. Used by one thread.
class CommandLine {
public:
    // `version` is what --version prints.
    CommandLine(std::string const& program, std::string const& help, std::string const& version);
    ~CommandLine();
    CommandLine(CommandLine const&) = delete;
    CommandLine& operator=(CommandLine const&) = delete;

    [[nodiscard]] Syntax syntax();

    // Every command that was declared.
    [[nodiscard]] std::vector<KnownWords> known_words() const;

    // Parses, and runs the command that was given. Answers the exit status: that of the command, or
    // 1 when its output could not be written; 0 after --help and --version; 2 for wrong usage,
    // which stderr explains: a word that is no command, or a flag that the command does not have,
    // is named with the nearest known one. Exceptions of the command pass through.
    [[nodiscard]] int run(int argc, char const* const* argv);

private:
    std::unique_ptr<CLI::App> root_;
    int exit_status_ = 0;
};

}  // namespace updraft::cli
