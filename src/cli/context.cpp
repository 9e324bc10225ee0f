#include "cli/context.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "json/reader.h"
#include "json/writer.h"
#include "vocabulary/secret_file.h"

namespace updraft::cli {
namespace {

namespace fs = std::filesystem;

std::string folder_of_variable(char const* name) {
    auto const* const value = std::getenv(name);
    auto const path = fs::path(value == nullptr ? "" : value);
    return path.is_absolute() ? path.string() : std::string{};
}

tl::unexpected<Error> unwritten(std::string const& path, int error) {
    return fail(Errc::unavailable,
                path + " cannot be written: " + std::generic_category().message(error));
}

// Who may open the folder could also put another file in the place of ours.
Result<void> check_folder(std::string const& folder) {
    struct stat seen {};
    if (::stat(folder.c_str(), &seen) != 0) return {};
    if (S_ISDIR(seen.st_mode) && (seen.st_mode & (S_IRWXG | S_IRWXO)) == 0) return {};
    return fail(Errc::invalid,
                "others may open " + folder + ", which holds a secret: give it the mode 0700");
}

Result<Context> context_in(std::string const& text) {
    TRY_ASSIGN(auto const object, json::read_object(text));
    TRY_ASSIGN(auto url, json::text_member(object, "url"));
    TRY_ASSIGN(auto token, json::text_member(object, "token"));
    TRY_ASSIGN(auto ca_file, json::text_member(object, "ca"));
    TRY_ASSIGN(auto const insecure, json::truth_member(object, "insecureHttp"));
    if (!url || url->empty() || !token || token->empty()) {
        return fail(Errc::invalid, "it names no server and token");
    }
    return Context{.url = *std::move(url),
                   .token = Secret(*std::move(token)),
                   .ca_file = std::move(ca_file).value_or(""),
                   .insecure_http = insecure.value_or(false)};
}

std::string text_of(Context const& context) {
    std::string text;
    json::Writer writer(text);
    writer.object();
    writer.member("url", context.url);
    writer.member("token", context.token.reveal());
    if (!context.ca_file.empty()) writer.member("ca", context.ca_file);
    if (context.insecure_http) writer.member("insecureHttp", true);
    writer.end();
    return text + "\n";
}

// Writes a new file of mode 0600. Answers errno, or 0.
int write_new(std::string const& path, std::string const& text) {
    auto const file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return errno;
    auto const written = ::write(file, text.data(), text.size());
    auto error = written == static_cast<ssize_t>(text.size()) ? 0 : written < 0 ? errno : ENOSPC;
    if (error == 0 && ::fsync(file) != 0) error = errno;
    if (::close(file) != 0 && error == 0) error = errno;
    return error;
}

}  // namespace

Result<std::string> context_folder() {
    auto folder = folder_of_variable("XDG_CONFIG_HOME");
    if (folder.empty()) {
        auto const home = folder_of_variable("HOME");
        if (home.empty()) {
            return fail(Errc::invalid, "neither XDG_CONFIG_HOME nor HOME names a folder");
        }
        folder = home + "/.config";
    }
    return folder + "/updraft";
}

std::string context_file(std::string const& folder) { return folder + "/context.json"; }

Result<std::optional<Context>> read_context(std::string const& folder) {
    auto const path = context_file(folder);
    TRY_ASSIGN(auto const content, read_secret_file(path));
    if (!content) return std::nullopt;
    TRY(check_folder(folder));
    auto context = context_in(content->reveal());
    if (!context) {
        return fail(Errc::invalid,
                    path + " is not what updraft login keeps: " + context.error().detail);
    }
    return *std::move(context);
}

Result<void> keep_context(std::string const& folder, Context const& context) {
    std::error_code error;
    fs::create_directories(fs::path(folder).parent_path(), error);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return unwritten(folder, errno);
    if (::chmod(folder.c_str(), 0700) != 0) return unwritten(folder, errno);
    auto const path = context_file(folder);
    auto const fresh = path + "." + std::to_string(::getpid());
    auto failed = write_new(fresh, text_of(context));
    if (failed == 0 && ::rename(fresh.c_str(), path.c_str()) != 0) failed = errno;
    if (failed == 0) return {};
    if (failed != EEXIST) ::unlink(fresh.c_str());
    return unwritten(path, failed);
}

Result<bool> forget_context(std::string const& folder) {
    auto const path = context_file(folder);
    if (::unlink(path.c_str()) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return fail(Errc::unavailable,
                path + " cannot be removed: " + std::generic_category().message(errno));
}

}  // namespace updraft::cli
