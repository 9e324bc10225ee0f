// The files that the URL of a PostgreSQL database names, for which libpq has rules of its own.
//
// Lives here: reading them by our rules before libpq looks at them, and giving it the passwords.
// Not here:   the URL's form (postgres/link), who may read a secret (vocabulary/secret_file.h).
#pragma once

#include <optional>
#include <string>

#include "sqlstore/postgres/options.h"

namespace updraft::sqlstore {

// A password file (passfile=) as libpq can read it: in memory, with the mode that libpq demands.
// Owns a descriptor; the path is valid in this process only, until this object is destroyed.
class PasswordFile {
public:
    // `named` is the file's own name, for messages.
    [[nodiscard]] static Result<PasswordFile> keep(std::string const& content, std::string named);
    ~PasswordFile();
    PasswordFile(PasswordFile&& other) noexcept;
    PasswordFile& operator=(PasswordFile&&) = delete;

    [[nodiscard]] std::string path() const;
    [[nodiscard]] std::string const& named() const { return named_; }

private:
    PasswordFile(int descriptor, std::string named)
        : descriptor_(descriptor), named_(std::move(named)) {}

    int descriptor_;
    std::string named_;
};

// Reads what the URL names, or an environment variable of libpq (PGSSLROOTCERT), or a service:
// certificates, keys, lists of revoked certificates, and the file with passwords, which is the
// answer; nothing when none is used. Errc::invalid, with the option and the file, when one cannot
// be read, when others may read one that holds a secret, when a key has a pass phrase and
// `sslpassword` is not given, and when libpq does not understand an option (sslmode, service).
// ~/.pgpass is optional. No connection is opened.
[[nodiscard]] Result<std::optional<PasswordFile>> read_postgres_files(std::string const& url);

}  // namespace updraft::sqlstore
