#include "admin/holds.h"

#include "admin/answer.h"
#include "admin/page_body.h"
#include "admin/problem.h"
#include "admin/query.h"
#include "admin/reading.h"
#include "http/on_store.h"
#include "ports/holds_table.h"
#include "text/whole_number.h"
#include "usecases/hold.h"

namespace updraft::admin {
namespace {

void write_hold(json::Writer& writer, firmware::Hold const& hold) {
    writer.object().member("id", std::to_string(hold.id.value));
    name_or_null(writer, "deviceModel", hold.model);
    text_or_null(writer, "firmwareId", hold.release ? std::to_string(hold.release->value) : "");
    writer.member("note", hold.note).member("by", hold.by);
    time_member(writer, "createdAt", hold.created_at);
    writer.end();
}

Result<usecases::HoldToPlace> read_hold(json::Object const& said) {
    usecases::HoldToPlace wanted;
    TRY_ASSIGN(wanted.model, optional_name<ModelName>(said, "deviceModel"));
    TRY_ASSIGN(wanted.release, optional_release_id(said, "firmwareId"));
    TRY_ASSIGN(wanted.note, needed_text(said, "note", firmware::hold_note_bytes_max));
    return wanted;
}

void write_reason(json::Writer& writer, std::optional<upgrade::Held> const& held) {
    writer.key("reason");
    if (held) {
        writer.value(word(held->reason));
    } else {
        writer.null();
    }
    time_member(writer, "since", held ? held->since : std::nullopt);
    time_member(writer, "next", held ? held->next : std::nullopt);
}

std::string why_body(upgrade::Why const& answer, Did const& did, Language language) {
    std::string body;
    json::Writer writer(body);
    writer.object().member("did", did.value);
    text_or_null(writer, "firmwareId",
                 answer.release ? std::to_string(answer.release->value) : std::string());
    writer.member("offered", answer.offered);
    write_reason(writer, answer.held);
    writer.member("text", answer.held ? text_of(answer.held->reason, true, language)
                                      : text_of_none(language));
    writer.key("checks").array();
    for (std::size_t i = 0; i < reason_count; ++i) {
        auto const reason = static_cast<Reason>(i);
        auto const holds = answer.holding.has(reason);
        writer.object()
            .member("reason", word(reason))
            .member("holds", holds)
            .member("text", text_of(reason, holds, language))
            .end();
    }
    writer.end().end();
    return body;
}

Result<std::optional<ReleaseId>> asked_release(Request const& request) {
    auto const text = text_parameter(request, "firmwareId");
    if (!text) return std::optional<ReleaseId>{};
    auto const number = text::read_digits(*text);
    if (!number) return fail(Errc::invalid, "firmwareId must be the id of a firmware");
    return std::optional(ReleaseId{*number});
}

}  // namespace

asio::awaitable<Reply> place_hold(Context& context, Request const& request, Actor const& actor,
                                  json::Object body) {
    auto wanted = read_hold(body);
    if (!wanted) co_return failure(context, request, wanted.error());
    auto const now = context.clock.now();
    auto place = [actor, wanted = *std::move(wanted), now](Tx& tx) {
        return usecases::place_hold(tx, actor, wanted, now);
    };
    auto const placed = co_await http::on_store(context.store, std::move(place));
    if (!placed) co_return failure(context, request, placed.error());
    std::string shown;
    json::Writer writer(shown);
    write_hold(writer, *placed);
    co_return json_reply(201, std::move(shown));
}

asio::awaitable<Reply> list_holds(Context& context, Request const& request) {
    auto ask = read_page_ask(request, "holds");
    if (!ask) co_return failure(context, request, ask.error());
    PageCalls<firmware::Hold> calls;
    calls.read = [](Tx const& tx, PageAsk const& part) { return tx.holds().list(part); };
    calls.write = write_hold;
    co_return co_await send_page(context, request, "holds", *std::move(ask), std::move(calls));
}

asio::awaitable<Reply> lift_hold(Context& context, Request const& request, Actor const& actor) {
    auto const id = path_number(request, 0, "hold");
    if (!id) co_return failure(context, request, id.error());
    auto const now = context.clock.now();
    auto lift = [actor, id = HoldId{*id}, now](Tx& tx) {
        return usecases::lift_hold(tx, actor, id, now);
    };
    auto const lifted = co_await http::on_store(context.store, std::move(lift));
    if (!lifted) co_return failure(context, request, lifted.error());
    co_return no_content();
}

asio::awaitable<Reply> explain_device(Context& context, Request const& request) {
    auto did = path_name<Did>(request, 0, "did");
    if (!did) co_return failure(context, request, did.error());
    auto const release = asked_release(request);
    if (!release) co_return failure(context, request, release.error());
    auto explain = [&context, did = *did, release = *release,
                    now = context.clock.now()](Tx const& tx) {
        return upgrade::why(tx, context.means.upgrades, did, release, now);
    };
    auto const answer = co_await http::on_store(context.store, std::move(explain));
    if (!answer) co_return failure(context, request, answer.error());
    auto const language = read_language(request.field("Accept-Language").value_or(""));
    co_return json_reply(200, why_body(*answer, *did, language));
}

void waiting_member(json::Writer& writer, std::optional<upgrade::Held> const& held) {
    writer.key("waitingFor");
    if (!held) {
        writer.null();
        return;
    }
    writer.object();
    write_reason(writer, held);
    writer.end();
}

}  // namespace updraft::admin
