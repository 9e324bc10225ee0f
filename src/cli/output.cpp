#include "cli/output.h"

#include <iostream>

#include "json/writer.h"
#include "text/clean_text.h"

namespace updraft::cli {

int refuse(std::string const& why, int status) {
    std::cout << std::flush;  // What came before the failure stands before its reason.
    std::cerr << "updraft: " << text::escaped(why) << "\n";
    return status;
}

void print_json(std::string_view json) {
    if (!json.empty()) std::cout << json::for_terminal(json) << "\n";
}

bool flush_output() {
    std::cout << std::flush;
    return std::cout.good();
}

}  // namespace updraft::cli
