// The calls about tokens of admin/operators.h.
#include "usecases/operator_tokens.h"
#include "admin/answer.h"
#include "admin/operators.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "http/on_store.h"
#include "ports/operator_tokens_table.h"
#include "ports/operators_table.h"
#include "vocabulary/if_found.h"

namespace updraft::admin {
namespace {

using access::OperatorToken;

constexpr std::int64_t token_seconds_max = 10LL * 365 * 24 * 60 * 60;

// One's own tokens always; those of others need the role admin.
Result<void> may_handle(Actor const& actor, std::string const& holder) {
    if (same_name(actor.name, holder)) return {};
    return access::needs(actor, access::Role::admin, "a token of another operator");
}

Result<usecases::TokenToMake> read_token_to_make(json::Object const& said, std::string holder) {
    usecases::TokenToMake wanted{.holder = std::move(holder)};
    TRY_ASSIGN(auto label, optional_title(said, "label"));
    wanted.label = std::move(label).value_or("");
    TRY_ASSIGN(wanted.role, read_role_member(said));
    TRY_ASSIGN(auto const seconds, whole_between(said, "expiresInSeconds", 1, token_seconds_max));
    if (seconds) wanted.lifetime = std::chrono::seconds{*seconds};
    return wanted;
}

void write_token_members(json::Writer& writer, OperatorToken const& shown) {
    text_or_null(writer, "label", shown.label);
    writer.member("role", word(shown.role));
    time_member(writer, "expiresAt", shown.expires_at);
}

void write_listed_token(json::Writer& writer, OperatorToken const& shown) {
    writer.object().member("id", shown.id);
    write_token_members(writer, shown);
    time_member(writer, "createdAt", shown.created_at);
    time_member(writer, "lastUsedAt", shown.last_used_at);
    writer.end();
}

std::string made_token_body(usecases::MadeToken const& made) {
    std::string body;
    json::Writer writer(body);
    writer.object().member("id", made.token.id).member("token", made.secret.reveal());
    write_token_members(writer, made.token);
    writer.end();
    return body;
}

}  // namespace

// The body is read after the check of the role, which needs the path only.
asio::awaitable<Reply> create_operator_token(Context& context, Request const& request,
                                             Actor const& actor) {
    auto const may = may_handle(actor, request.params[0]);
    if (!may) co_return failure(context, request, may.error());
    auto body = read_body(request);
    if (!body) co_return std::move(body).error();
    auto wanted = read_token_to_make(*body, request.params[0]);
    if (!wanted) co_return failure(context, request, wanted.error());
    auto const now = context.clock.now();
    auto create = [&context, actor, wanted = *std::move(wanted), now](Tx& tx) {
        return usecases::create_operator_token(tx, context.id_source, actor, wanted, now);
    };
    auto const made = co_await http::on_store(context.store, std::move(create));
    if (!made) co_return failure(context, request, made.error());
    co_return json_reply(201, made_token_body(*made));
}

asio::awaitable<Reply> list_operator_tokens(Context& context, Request const& request,
                                            Actor const& actor) {
    auto const may = may_handle(actor, request.params[0]);
    if (!may) co_return failure(context, request, may.error());
    auto ask = read_page_ask(request, "operator-tokens");
    if (!ask) co_return failure(context, request, ask.error());
    auto list = [name = request.params[0],
                 ask = *std::move(ask)](Tx const& tx) -> Result<Page<OperatorToken>> {
        TRY(existing(tx.operators().find(name), "operator", name));
        return tx.operator_tokens().list(name, ask);
    };
    auto page = co_await http::on_store(context.store, std::move(list));
    if (!page) co_return failure(context, request, page.error());
    for (auto& token : page->items) {
        auto const key = access::token_key(token.id);
        token.last_used_at = context.activity.last_minute(key, token.last_used_at);
    }
    co_return page_reply(request, *page, "operator-tokens", write_listed_token);
}

asio::awaitable<Reply> remove_operator_token(Context& context, Request const& request,
                                             Actor const& actor) {
    auto const may = may_handle(actor, request.params[0]);
    if (!may) co_return failure(context, request, may.error());
    auto const now = context.clock.now();
    auto remove = [actor, name = request.params[0], id = request.params[1], now](Tx& tx) {
        return usecases::remove_operator_token(tx, actor, name, id, now);
    };
    auto const removed = co_await http::on_store(context.store, std::move(remove));
    if (!removed) co_return failure(context, request, removed.error());
    co_return no_content();
}

}  // namespace updraft::admin
