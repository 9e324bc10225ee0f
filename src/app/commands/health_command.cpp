#include "app/commands/health_command.h"

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "app/commands/setting_flags.h"
#include "cli/operate.h"
#include "http/tls_files.h"
#include "text/clean_text.h"

namespace updraft::app {
namespace {

struct HealthWords {
    std::shared_ptr<SettingSources> sources;
    std::string url;
    std::string ca_file;
    bool json = false;
};

int ask_own_listener(Settings const& settings, bool json) {
    auto const endpoint = own_endpoint(settings);
    if (endpoint) return cli::ask_whether_ready(*endpoint, json);
    std::cerr << "updraft: " << text::one_line(endpoint.error().detail) << "\n";
    return 1;
}

bool is_of_variable(std::string const& text, char const* variable) {
    auto const* const value = std::getenv(variable);
    return value != nullptr && text == value;
}

// A flag says which configuration is meant.
bool names_configuration(SettingSources const& sources) {
    auto const* const standard = std::getenv("UPDRAFT_DATA");
    auto const other_data =
        sources.data_dir != (standard != nullptr ? standard : SettingSources{}.data_dir);
    return (sources.file && !is_of_variable(*sources.file, "UPDRAFT_CONFIG")) || other_data ||
           !sources.listen.empty() || sources.store;
}

}  // namespace

Result<cli::Endpoint> own_endpoint(Settings const& settings) {
    auto at = settings.server.listen.front();
    if (at.port == 0) {
        return fail(Errc::invalid,
                    "[server] listen has port 0, so the server's port is not known here: give "
                    "--url");
    }
    if (at.address == "0.0.0.0") at.address = "127.0.0.1";
    if (at.address == "::") at.address = "::1";
    cli::Endpoint endpoint;
    endpoint.url = (settings.tls.cert.empty() ? "http://" : "https://") + at.written();
    if (settings.tls.cert.empty()) return endpoint;
    TRY_ASSIGN(auto const digest, http::public_key_digest(settings.tls.cert));
    endpoint.pinned_key = "sha256//" + digest;
    return endpoint;
}

void add_health(cli::Syntax const& root) {
    auto const syntax = root.command(
        "health",
        "Ask whether the server is ready. Exit status 1: it is not. Without --url the "
        "server's own configuration says where it listens, and a flag that names one goes "
        "before UPDRAFT_URL.");
    auto const words = std::make_shared<HealthWords>();
    words->sources = add_setting_flags(syntax);
    syntax.option("--url", words->url, "URL of another server.").variable("UPDRAFT_URL");
    syntax.option("--ca", words->ca_file,
                  "With --url: file of the certificates to trust (PEM), instead of the system's.");
    syntax.flag("--json", words->json, "Print the server's answer as it came.");
    syntax.when_given([words] {
        cli::Endpoint other;
        other.url = cli::server_url(words->url);
        other.ca_file = words->ca_file;
        bool const own =
            is_of_variable(words->url, "UPDRAFT_URL") && names_configuration(*words->sources);
        if (!other.url.empty() && !own) return cli::ask_whether_ready(other, words->json);
        return with_settings(*words->sources, [words](Settings const& settings) {
            return ask_own_listener(settings, words->json);
        });
    });
}

}  // namespace updraft::app
