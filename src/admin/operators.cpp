#include "admin/operators.h"

#include "admin/answer.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "http/on_store.h"
#include "ports/operators_table.h"
#include "usecases/operators.h"
#include "vocabulary/if_found.h"

namespace updraft::admin {
namespace {

using access::Operator;
using access::Role;

constexpr std::size_t operator_name_bytes_max = 64;

Result<std::string> read_operator_name(json::Object const& said) {
    TRY_ASSIGN(auto name, needed_text(said, "name", operator_name_bytes_max));
    auto const wrong = name.find_first_not_of(
        "abcdefghijklmnopqrstuvwxyz"
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        "0123456789._@-");
    if (wrong == std::string::npos) return name;
    return fail(Errc::invalid, "name must be 1 to 64 characters of A-Z, a-z, 0-9 and . _ @ -");
}

Result<Operator> read_new_operator(json::Object const& said) {
    Operator wanted;
    TRY_ASSIGN(wanted.name, read_operator_name(said));
    TRY_ASSIGN(auto const role, read_role_member(said));
    if (!role) return fail(Errc::invalid, "role is missing");
    wanted.role = *role;
    TRY_ASSIGN(auto const approve, json::truth_member(said, "approve"));
    wanted.approve = approve.value_or(false);
    return wanted;
}

Result<usecases::OperatorChange> read_operator_change(json::Object const& said, std::string name) {
    for (auto const* const member : {"role", "approve", "disabled"}) {
        TRY(refuse_null(said, member));
    }
    usecases::OperatorChange change{.name = std::move(name)};
    TRY_ASSIGN(change.role, read_role_member(said));
    TRY_ASSIGN(change.approve, json::truth_member(said, "approve"));
    TRY_ASSIGN(change.disabled, json::truth_member(said, "disabled"));
    return change;
}

void write_operator(json::Writer& writer, Operator const& shown) {
    writer.object()
        .member("name", shown.name)
        .member("role", word(shown.role))
        .member("approve", shown.approve)
        .member("disabled", shown.disabled);
    time_member(writer, "createdAt", shown.created_at);
    time_member(writer, "lastSeenAt", shown.last_seen_at);
    writer.end();
}

std::string operator_body(Operator const& shown) {
    std::string body;
    json::Writer writer(body);
    write_operator(writer, shown);
    return body;
}

Operator with_last_seen(Context const& context, Operator shown) {
    auto const key = access::operator_key(shown.name);
    shown.last_seen_at = context.activity.last_minute(key, shown.last_seen_at);
    return shown;
}

}  // namespace

Result<std::optional<Role>> read_role_member(json::Object const& said) {
    TRY_ASSIGN(auto const text, json::text_member(said, "role"));
    if (!text) return std::optional<Role>{};
    auto const role = access::read_role(*text);
    if (!role) return fail(Errc::invalid, "role must be viewer, support, releaser or admin");
    return role;
}

std::string me_body(access::SignedIn const& who) {
    std::string body;
    json::Writer writer(body);
    writer.object()
        .member("name", who.who.name)
        .member("role", word(who.role))
        .member("approve", who.who.approve)
        .member("via", who.by_session ? "session" : "token")
        .end();
    return body;
}

asio::awaitable<Reply> show_me(Context&, Request const&, Admitted const& caller) {
    co_return json_reply(200, me_body(caller.who));
}

asio::awaitable<Reply> create_operator(Context& context, Request const& request, Actor const& actor,
                                       json::Object body) {
    auto wanted = read_new_operator(body);
    if (!wanted) co_return failure(context, request, wanted.error());
    auto const now = context.clock.now();
    auto create = [actor, wanted = *std::move(wanted), now](Tx& tx) {
        return usecases::create_operator(tx, actor, wanted, now);
    };
    auto const made = co_await http::on_store(context.store, std::move(create));
    if (!made) co_return failure(context, request, made.error());
    co_return json_reply(201, operator_body(*made));
}

asio::awaitable<Reply> list_operators(Context& context, Request const& request) {
    auto ask = read_page_ask(request, "operators");
    if (!ask) co_return failure(context, request, ask.error());
    auto list = [ask = *std::move(ask)](Tx const& tx) { return tx.operators().list(ask); };
    auto page = co_await http::on_store(context.store, std::move(list));
    if (!page) co_return failure(context, request, page.error());
    for (auto& one : page->items) one = with_last_seen(context, std::move(one));
    co_return page_reply(request, *page, "operators", write_operator);
}

asio::awaitable<Reply> show_operator(Context& context, Request const& request) {
    auto show = [name = request.params[0]](Tx const& tx) {
        return existing(tx.operators().find(name), "operator", name);
    };
    auto found = co_await http::on_store(context.store, std::move(show));
    if (!found) co_return failure(context, request, found.error());
    auto const shown = with_last_seen(context, *std::move(found));
    co_return json_reply(200, operator_body(shown));
}

asio::awaitable<Reply> change_operator(Context& context, Request const& request, Actor const& actor,
                                       json::Object body) {
    auto wanted = read_operator_change(body, request.params[0]);
    if (!wanted) co_return failure(context, request, wanted.error());
    auto const now = context.clock.now();
    auto change = [actor, wanted = *std::move(wanted), now](Tx& tx) {
        return usecases::change_operator(tx, actor, wanted, now);
    };
    auto changed = co_await http::on_store(context.store, std::move(change));
    if (!changed) co_return failure(context, request, changed.error());
    auto const shown = with_last_seen(context, *std::move(changed));
    co_return json_reply(200, operator_body(shown));
}

asio::awaitable<Reply> remove_operator(Context& context, Request const& request,
                                       Actor const& actor) {
    auto const now = context.clock.now();
    auto remove = [actor, name = request.params[0], now](Tx& tx) {
        return usecases::remove_operator(tx, actor, name, now);
    };
    auto const removed = co_await http::on_store(context.store, std::move(remove));
    if (!removed) co_return failure(context, request, removed.error());
    co_return no_content();
}

}  // namespace updraft::admin
