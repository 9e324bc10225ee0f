#include "app/commands/health_command.h"

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
    auto const syntax =
        root.command("health",
                     "Ask whether the server is ready. Exit status 1: it is not. Without --url the "
                     "server's own configuration says where it listens.");
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
        if (!other.url.empty()) return cli::ask_whether_ready(other, words->json);
        return with_settings(*words->sources, [words](Settings const& settings) {
            return ask_own_listener(settings, words->json);
        });
    });
}

}  // namespace updraft::app
