#include "app/first_start.h"

#include <unistd.h>

#include <optional>
#include <utility>

#include "app/process/key_file.h"
#include "ports/admin_tokens_table.h"
#include "ports/operator_tokens_table.h"
#include "ports/operators_table.h"
#include "usecases/operator_tokens.h"
#include "vocabulary/digest.h"
#include "vocabulary/if_found.h"

namespace updraft::app {
namespace {

constexpr std::string_view key_check_text = "updraft: this is the right key";

tl::unexpected<Error> missing_key(std::string const& key_file) {
    return fail(Errc::invalid, key_file +
                                   " is missing, and this store was made with it: without it "
                                   "no message to an app could be signed; put it back");
}

Result<Secret> key_in(std::string const& key_file, bool store_has_one, IdSource& id_source) {
    TRY_ASSIGN(auto key, read_key_file(key_file));
    if (key) return *std::move(key);
    if (store_has_one) return missing_key(key_file);
    return make_key_file(key_file, id_source);
}

Result<void> opens(access::Seal const& seal, access::Sealed const& check,
                   std::string const& key_file) {
    auto const opened = seal.open(check);
    if (opened && opened->reveal() == key_check_text) return {};
    return fail(Errc::invalid, "the secrets key in " + key_file +
                                   " is not the one that this store was made with; give the "
                                   "right one by [secrets] key_file");
}

// The key check in the store; `sealed` is stored when there is none.
Result<access::Sealed> settle_key_check(Store& store, access::Sealed const& sealed) {
    return write(store, [sealed](Tx& tx) -> Result<access::Sealed> {
        TRY_ASSIGN(auto const there, tx.admin_tokens().key_check());
        if (!there.empty()) return access::Sealed{there};
        TRY(tx.admin_tokens().set_key_check(sealed.base64));
        return sealed;
    });
}

Result<bool> has_operator(Store& store) {
    return read(store, [](Tx const& tx) { return tx.operators().any(); });
}

}  // namespace

Result<access::Seal> unlock(Store& store, IdSource& id_source, std::string const& key_file) {
    TRY_ASSIGN(auto const before,
               read(store, [](Tx const& tx) { return tx.admin_tokens().key_check(); }));
    TRY_ASSIGN(auto const key, key_in(key_file, !before.empty(), id_source));
    TRY_ASSIGN(auto const seal, access::Seal::with_key(key));
    // Several servers may start on the same new store: the first one decides its key.
    auto const own = seal.close(key_check_text, id_source);
    TRY_ASSIGN(auto const settled, settle_key_check(store, own));
    TRY(opens(seal, settled, key_file));
    return seal;
}

Result<void> key_fits(std::string const& key_check, std::string const& key_file) {
    if (key_check.empty()) return {};
    TRY_ASSIGN(auto const key, read_key_file(key_file));
    if (!key) return missing_key(key_file);
    TRY_ASSIGN(auto const seal, access::Seal::with_key(*key));
    return opens(seal, {key_check}, key_file);
}

Result<bool> admit_first_operator(Store& store, IdSource& id_source, std::string const& token_file,
                                  Instant now) {
    TRY_ASSIGN(auto const admitted, has_operator(store));
    if (admitted) return false;
    TRY_ASSIGN(auto token, read_token_file(token_file));
    auto const made_here = !token;
    if (made_here) {
        TRY_ASSIGN(token, make_token_file(token_file, id_source));
    }
    TRY_ASSIGN(auto const first, write(store, [&id_source, &token, now](Tx& tx) {
                   return usecases::admit_first_admin(tx, id_source, *token, now);
               }));
    // Another server on the same store has stored its token first: ours is not valid.
    if (!first && made_here) ::unlink(token_file.c_str());
    return first;
}

Result<bool> is_valid_token_file(Store& store, std::string const& token_file) {
    TRY_ASSIGN(auto const token, read_token_file(token_file));
    if (!token) return true;
    return read(store, [&token](Tx const& tx) { return is_valid_token(tx, *token); });
}

Result<bool> is_valid_token(Tx const& tx, Secret const& token) {
    TRY_ASSIGN(auto const known, if_found(tx.operator_tokens().find(sha256(token.reveal()))));
    return known && !known->token.ended_at;
}

}  // namespace updraft::app
