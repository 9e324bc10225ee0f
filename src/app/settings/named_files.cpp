#include "app/settings/named_files.h"

#include <filesystem>
#include <system_error>

#include "app/process/key_file.h"
#include "app/push_client.h"
#include "app/settings/bucket_settings.h"
#include "app/watch/certificate.h"
#include "http/tls_files.h"

namespace updraft::app {
namespace {

void check_certificate(Settings::Tls const& tls, Instant now, NamedFiles& found) {
    http::TlsFiles files;
    if (auto const loaded = files.load(tls.cert, tls.key); !loaded) {
        found.problems.push_back(loaded.error().detail);
        return;
    }
    auto const end = files.not_after();
    auto const trouble = end ? certificate_trouble(*end, now) : std::nullopt;
    if (trouble) {
        found.warnings.push_back("tls.cert: " + tls.cert + ": " + *trouble + " (notAfter " +
                                 rfc3339(*end) + ")");
    }
}

// What does not exist is made at the start.
void check_folder(std::string const& path, NamedFiles& found) {
    using std::filesystem::file_type;
    std::error_code trouble;
    auto const type = std::filesystem::status(path, trouble).type();
    if (type == file_type::not_found || type == file_type::directory) return;
    found.problems.push_back(path + (type == file_type::none
                                         ? " cannot be read: " + trouble.message()
                                         : std::string(" is no folder")));
}

}  // namespace

NamedFiles check_named_files(Settings const& settings, Instant now) {
    NamedFiles found;
    auto const note = [&found](auto const& result) {
        if (!result) found.problems.push_back(result.error().detail);
    };
    check_certificate(settings.tls, now, found);
    note(http_client_settings(settings.push));
    check_folder(settings.data_dir, found);
    if (settings.firmware.store) {
        note(bucket_settings(settings.firmware));
        check_folder(settings.firmware.cache_dir, found);
    } else {
        check_folder(settings.firmware.dir, found);
    }
    note(read_key_file(settings.secrets.key_file));
    note(read_token_file(settings.data_dir + "/admin-token"));
    return found;
}

}  // namespace updraft::app
