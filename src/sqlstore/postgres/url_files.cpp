#include "sqlstore/postgres/url_files.h"

#include <libpq-fe.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "vocabulary/named_file.h"
#include "vocabulary/secret_file.h"

namespace updraft::sqlstore {
namespace {

constexpr std::size_t secrets_bytes_max = std::size_t{64} << 10;

struct FreeOptions {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

struct EndProbe {
    void operator()(PGconn* probe) const { PQfinish(probe); }
};
using Probe = std::unique_ptr<PGconn, EndProbe>;

std::string value_of(Options const& options, std::string_view name) {
    for (auto const* one = options.get(); one != nullptr && one->keyword != nullptr; ++one) {
        if (name == one->keyword && one->val != nullptr) return one->val;
    }
    return {};
}

tl::unexpected<Error> refused(std::string_view option, std::string const& why) {
    return fail(Errc::invalid, std::string(option) + " of the database's URL: " + why);
}

// libpq itself joins the URL, its environment variables and the service, and checks every option,
// before it connects. Here it gets a folder without a socket instead of the server's address. It
// also gets a password: without one it would look into the file with passwords, and print what it
// dislikes of it.
Result<Options> effective_options(Options const& written) {
    std::vector<char const*> names{"host", "port", "password"};
    std::vector<char const*> values{"/nonexistent", "1", "-"};
    for (auto const* one = written.get(); one->keyword != nullptr; ++one) {
        static constexpr auto replaced =
            std::to_array<std::string_view>({"host", "hostaddr", "port", "password"});
        if (one->val == nullptr || std::ranges::find(replaced, one->keyword) != replaced.end()) {
            continue;
        }
        names.push_back(one->keyword);
        values.push_back(one->val);
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    Probe const probe(PQconnectStartParams(names.data(), values.data(), 0));
    if (!probe) return fail(Errc::unavailable, "no memory to connect");
    std::string said = PQerrorMessage(probe.get());
    if (PQstatus(probe.get()) == CONNECTION_BAD && !said.starts_with("connection to server")) {
        std::ranges::replace(said, '\n', ' ');
        while (said.ends_with(' ')) said.pop_back();
        return fail(Errc::invalid, "the database's URL: " + said);
    }
    return Options(PQconninfo(probe.get()));
}

Result<void> check_certificates(Options const& options) {
    for (std::string_view const name : {"sslrootcert", "sslcert", "sslcrl"}) {
        auto const file = value_of(options, name);
        if (file.empty()) continue;
        if (auto const read = read_named_file(file); !read) {
            return refused(name, read.error().detail);
        }
    }
    auto const folder = value_of(options, "sslcrldir");
    std::error_code trouble;
    if (!folder.empty()) std::filesystem::directory_iterator(folder, trouble);
    if (!trouble) return {};
    return refused("sslcrldir", folder + " cannot be read: " + trouble.message());
}

bool has_pass_phrase(std::string const& pem) {
    return pem.find("BEGIN ENCRYPTED PRIVATE KEY") != std::string::npos ||
           pem.find("Proc-Type: 4,ENCRYPTED") != std::string::npos;
}

Result<void> check_key(Options const& options) {
    auto const file = value_of(options, "sslkey");
    // "engine:key": the key is not in a file.
    if (file.empty() || file.find(':') != std::string::npos) return {};
    auto const key = read_whole_secret_file(file, secrets_bytes_max);
    if (!key) return refused("sslkey", key.error().detail);
    if (!*key) return refused("sslkey", file + " is missing");
    if (!has_pass_phrase((*key)->reveal()) || !value_of(options, "sslpassword").empty()) return {};
    return refused("sslkey", file +
                                 " has a pass phrase, which nobody can enter here: store the key "
                                 "without one (openssl pkey -in FILE -out FILE2)");
}

bool has_password(Options const& written) {
    auto const* const variable = std::getenv("PGPASSWORD");
    return !value_of(written, "password").empty() || (variable != nullptr && *variable != '\0');
}

std::string usual_password_file() {
    auto const* const home = std::getenv("HOME");
    return home == nullptr || *home == '\0' ? std::string() : std::string(home) + "/.pgpass";
}

Result<std::optional<PasswordFile>> passwords(Options const& written, Options const& options) {
    auto file = value_of(options, "passfile");
    auto const is_named = !file.empty();
    if (!is_named && !has_password(written)) file = usual_password_file();
    if (file.empty()) return std::nullopt;
    auto const content = read_whole_secret_file(file, secrets_bytes_max);
    // Nobody has said that ~/.pgpass is there, or is meant for this process.
    auto const is_absent = !content ? content.error().code == Errc::unavailable : !*content;
    if (is_absent && !is_named) return std::nullopt;
    if (!content) return refused("passfile", content.error().detail);
    if (!*content) return refused("passfile", file + " is missing");
    TRY_ASSIGN(auto kept, PasswordFile::keep((*content)->reveal(), std::move(file)));
    return std::optional(std::move(kept));
}

}  // namespace

Result<PasswordFile> PasswordFile::keep(std::string const& content, std::string named) {
    PasswordFile kept(::memfd_create("passwords", MFD_CLOEXEC), std::move(named));
    auto const size = static_cast<ssize_t>(content.size());
    if (kept.descriptor_ < 0 || ::fchmod(kept.descriptor_, 0600) != 0 ||
        ::write(kept.descriptor_, content.data(), content.size()) != size) {
        return fail(Errc::unavailable, "the passwords of the database cannot be kept in memory: " +
                                           std::generic_category().message(errno));
    }
    return kept;
}

PasswordFile::~PasswordFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

PasswordFile::PasswordFile(PasswordFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), named_(std::move(other.named_)) {}

std::string PasswordFile::path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

Result<std::optional<PasswordFile>> read_postgres_files(std::string const& url) {
    TRY(check_postgres_url(url));
    Options const written(PQconninfoParse(url.c_str(), nullptr));
    if (!written) return fail(Errc::unavailable, "no memory to connect");
    TRY_ASSIGN(auto const options, effective_options(written));
    TRY(check_certificates(options));
    TRY(check_key(options));
    return passwords(written, options);
}

Result<void> check_postgres_files(std::string const& url) {
    TRY(read_postgres_files(url));
    return {};
}

}  // namespace updraft::sqlstore
