#include "cli/terminal.h"

#include <openssl/ui.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdint>
#include <iostream>

#include "text/clean_text.h"
#include "vocabulary/ascii.h"

namespace updraft::cli {
namespace {

constexpr std::size_t secret_bytes_max = 4096;

Result<std::string> typed_secret(std::string const& prompt) {
    std::array<char, secret_bytes_max + 1> typed{};
    // Reads from the terminal, restores it after a signal as well, and overwrites its own copy.
    auto const failed =
        UI_UTIL_read_pw_string(typed.data(), static_cast<int>(typed.size()), prompt.c_str(), 0);
    if (failed != 0) return fail(Errc::invalid, "nothing was typed");
    return std::string(typed.data());
}

Result<std::string> piped_secret() {
    std::string line;
    char letter = 0;
    while (std::cin.get(letter) && letter != '\n') {
        if (line.size() == secret_bytes_max) {
            return fail(Errc::invalid, "the first line of the standard input is too long");
        }
        line += letter;
    }
    return line;
}

winsize size_of_stdout() {
    winsize size{};
    if (::isatty(STDOUT_FILENO) != 1 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return {};
    return size;
}

}  // namespace

std::size_t columns_of_stdout() { return size_of_stdout().ws_col; }

std::size_t rows_of_stdout() { return size_of_stdout().ws_row; }

void wait_for(Millis time) {
    ::poll(nullptr, 0, static_cast<int>(std::clamp<std::int64_t>(time.count(), 0, INT_MAX)));
}

bool somebody_answers() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1; }

bool agrees(std::string const& question) {
    std::cerr << text::escaped(question) << " [y/N] " << std::flush;
    std::string line;
    if (!std::getline(std::cin, line)) {
        std::cerr << "\n";  // The person typed Ctrl-D, which ends no line.
        return false;
    }
    auto const answer = trimmed(line, " \t\r");
    return same_name(answer, "y") || same_name(answer, "yes");
}

Result<Secret> ask_secret(std::string const& prompt) {
    TRY_ASSIGN(auto const line,
               ::isatty(STDIN_FILENO) == 1 ? typed_secret(text::escaped(prompt)) : piped_secret());
    auto const word = trimmed(line, " \t\r\n");
    if (word.empty()) return fail(Errc::invalid, "no token was given");
    if (word.find_first_of(" \t\r\n") != std::string_view::npos) {
        return fail(Errc::invalid, "the token must be one word");
    }
    return Secret(std::string(word));
}

}  // namespace updraft::cli
