#include "admin/audit.h"

#include "admin/answer.h"
#include "admin/page_body.h"
#include "admin/problem.h"
#include "admin/query.h"
#include "ports/audit_table.h"

namespace updraft::admin {
namespace {

using http::Reply;
using http::Request;

AuditFilter read_audit_filter(Request const& request) {
    AuditFilter filter;
    filter.actor = text_parameter(request, "actor");
    filter.action = text_parameter(request, "action");
    filter.object = text_parameter(request, "object");
    filter.since = time_parameter(request, "since").value_or(filter.since);
    filter.until = time_parameter(request, "until").value_or(filter.until);
    return filter;
}

void write_audit_row(json::Writer& writer, AuditRow const& row) {
    auto const& entry = row.entry;
    auto const& actor = entry.actor;
    writer.object().member("id", row.id);
    time_member(writer, "at", entry.at);
    auto const by_operator = actor.kind == access::ActorKind::an_operator;
    writer.key("actor").object().member("kind", by_operator ? "operator" : "system");
    text_or_null(writer, "name", actor.name);
    writer.end();
    text_or_null(writer, "via", actor.via);
    text_or_null(writer, "ip", actor.ip);
    text_or_null(writer, "requestId", actor.request_id);
    writer.member("action", actor.action);
    writer.key("object");
    if (entry.object_kind.empty()) {
        writer.null();
    } else {
        writer.object().member("kind", entry.object_kind);
        text_or_null(writer, "id", entry.object_id);
        writer.end();
    }
    writer.member("outcome", word(entry.outcome)).key("changes").raw(entry.changes);
    text_or_null(writer, "effect", entry.effect);
    text_or_null(writer, "note", entry.note);
    writer.member("times", entry.times).end();
}

}  // namespace

boost::asio::awaitable<Reply> list_audit(Context& context, Request const& request) {
    auto filter = read_audit_filter(request);
    auto ask = read_page_ask(request, "audit");
    if (!ask) co_return failure(context, request, ask.error());
    PageCalls<AuditRow> calls;
    calls.read = [filter = std::move(filter)](Tx const& tx, PageAsk const& part) {
        return tx.audit().list(filter, part);
    };
    calls.write = write_audit_row;
    co_return co_await send_page(context, request, "audit", *std::move(ask), std::move(calls));
}

}  // namespace updraft::admin
