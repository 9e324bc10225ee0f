#include "app/commands/operator_reset.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iostream>
#include <utility>

#include "access/operator.h"
#include "app/commands/setting_flags.h"
#include "app/open_store.h"
#include "app/process/key_file.h"
#include "app/process/system_clock.h"
#include "app/process/system_id_source.h"
#include "app/settings/part_settings.h"
#include "app/watch/audit_log.h"
#include "sqlstore/postgres/database.h"
#include "sqlstore/schema/migrate.h"
#include "sqlstore/sqlite/beside.h"
#include "text/clean_text.h"
#include "usecases/operator_tokens.h"

namespace updraft::app {
namespace {

struct ResetWords {
    std::shared_ptr<SettingSources> sources;
    std::string name;
};

int refuse_reset(Error const& error) {
    std::cerr << "updraft: " << text::one_line(error.detail) << "\n";
    return 1;
}

// Who runs this command, by the name of the login.
access::Actor this_user() {
    auto actor = access::the_server("resetOperator");
    auto const* const user = ::getpwuid(::getuid());
    actor.name = user != nullptr ? user->pw_name : std::to_string(::getuid());
    actor.via = "host";
    actor.role = access::Role::admin;
    return actor;
}

// On a server; other instances may run. Must not migrate the database under them.
Result<void> write_to_server(Settings::Store const& settings, Journal& journal,
                             Store::WriteBody body) {
    {
        TRY_ASSIGN(auto database, sqlstore::open_postgres_to_look(settings.url.where));
        TRY_ASSIGN(auto const missing, sqlstore::missing_migrations(
                                           *database.session, sqlstore::embedded_migrations()));
        if (missing > 0) {
            return fail(Errc::conflict,
                        "the database is older than this program: start its server once before");
        }
    }
    Hurry const hurry;  // This command waits for nobody.
    TRY_ASSIGN(auto store, open_store(settings, hurry, journal));
    store->on_audit([&journal](AuditEntry const& entry) { log_audit(journal, entry); });
    return store->write(std::move(body));
}

// The file belongs to the owner of its folder, so that a server that runs as that user reads it.
Result<void> write_token_file(std::string const& folder, Secret const& token) {
    auto const path = folder + "/admin-token";
    TRY(put_token_file(path, token));
    struct stat place {};
    if (::geteuid() != 0 || ::stat(folder.c_str(), &place) != 0) return {};
    if (::chown(path.c_str(), place.st_uid, place.st_gid) == 0) return {};
    return fail(Errc::unavailable, path + " cannot be given to the owner of its folder");
}

int reset(Settings const& settings, ResetWords const& words) {
    ::umask(077);
    Journal journal(settings.log.level, settings.log.format);
    SystemIdSource id_source;
    auto const now = SystemClock().now();
    Secret token;
    auto body = [&](Tx& tx) -> Result<void> {
        TRY_ASSIGN(token, usecases::reset_operator(tx, id_source, this_user(), words.name, now));
        return {};
    };
    auto const log = [&journal](AuditEntry const& entry) { log_audit(journal, entry); };
    auto const done = settings.store.url.kind == StoreKind::sqlite
                          ? sqlstore::write_beside(settings.store.url.where, body, log)
                          : write_to_server(settings.store, journal, body);
    if (!done) return refuse_reset(done.error());
    std::cout << token.reveal() << "\n" << std::flush;
    if (access::folded(words.name) != usecases::first_admin) return 0;
    auto const written = write_token_file(settings.data_dir, token);
    return written ? 0 : refuse_reset(written.error());
}

}  // namespace

void add_operator_reset(cli::Syntax const& root) {
    auto const noun = root.command("operator", "Operators: who may do what.");
    noun.require_command();
    auto const syntax = noun.command(
        "reset",
        "On the server's machine: end all tokens and sessions of an operator, and print a new "
        "token. The server may run.");
    auto const words = std::make_shared<ResetWords>();
    syntax.option("name", words->name, "The operator's name.").required();
    words->sources = add_place_flags(syntax);
    syntax.when_given([words] {
        return with_settings(*words->sources,
                             [&](Settings const& settings) { return reset(settings, *words); });
    });
}

}  // namespace updraft::app
