#include "cli/completion.h"

#include <iostream>

namespace updraft::cli {

std::string bash_completion(std::span<KnownWords const> known) {
    std::string script =
        "# Completes the commands and flags of updraft: source <(updraft completion bash)\n"
        "declare -A _updraft_words=(\n";
    for (auto const& [command, words] : known) {
        script += "    [\"" + command + "\"]=\"";
        for (std::size_t i = 0; i < words.size(); ++i) script += (i == 0 ? "" : " ") + words[i];
        script += "\"\n";
    }
    script +=
        ")\n"
        "_updraft() {\n"
        "    local word path=updraft\n"
        "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
        "        [[ -n ${_updraft_words[\"$path $word\"]+known} ]] || break\n"
        "        path+=\" $word\"\n"
        "    done\n"
        "    mapfile -t COMPREPLY < <(compgen -W \"${_updraft_words[\"$path\"]}\" -- "
        "\"${COMP_WORDS[COMP_CWORD]}\")\n"
        "}\n"
        "complete -o default -F _updraft updraft\n";
    return script;
}

void add_completion(CommandLine& line) {
    auto const completion =
        line.syntax().command("completion", "Print a script by which a shell completes commands.");
    completion.require_command();
    completion.command("bash", "For bash: source <(updraft completion bash)").when_given([&line] {
        std::cout << bash_completion(line.known_words());
        return 0;
    });
}

}  // namespace updraft::cli
