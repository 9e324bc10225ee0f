#include "admin/import.h"

#include <utility>

#include "admin/answer.h"
#include "admin/devices.h"
#include "admin/lines.h"
#include "admin/media_type.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "admin/rest_of_body.h"
#include "audit/record.h"
#include "http/on_store.h"
#include "usecases/import_devices.h"

namespace updraft::admin {
namespace {

using usecases::ImportLine;
using usecases::ImportTally;

constexpr std::size_t batch_lines = 256;

Result<fleet::Enrolment> read_line(Line const& line) {
    if (!line.text) {
        return fail(Errc::invalid,
                    "the line is longer than " + std::to_string(line_bytes_max) + " bytes");
    }
    TRY_ASSIGN(auto const said, json::read_object(*line.text));
    TRY_ASSIGN(auto did, needed_name<Did>(said, "did"));
    return read_enrolment(said, std::move(did));
}

// The whole import is one act.
Result<void> record_import(Tx& tx, Actor const& actor, ImportTally const& tally,
                           std::string_view how, Instant now) {
    auto effect = std::string(how) + std::to_string(tally.imported) + " enrolled, " +
                  std::to_string(tally.updated) + " updated, " +
                  audit::counted(tally.rejected_count, "line") + " rejected";
    return audit::record(tx, actor, {.object_kind = "devices", .effect = std::move(effect)}, now);
}

// Records an import that ends before its last line.
asio::awaitable<void> record_break(Context& context, Actor const& actor, ImportTally const& tally) {
    auto const now = context.clock.now();
    auto record = [actor, tally, now](Tx& tx) {
        return record_import(tx, actor, tally, "broken off: ", now);
    };
    auto const recorded = co_await http::on_store(context.store, std::move(record));
    if (!recorded && context.trouble) context.trouble(actor.request_id, recorded.error());
}

// Enrols a batch in one transaction and adds its result to `tally`. The last one records the
// import.
asio::awaitable<Result<void>> enroll(Context& context, Actor const& actor,
                                     std::vector<ImportLine> batch, ImportTally& tally,
                                     bool is_last) {
    auto const now = context.clock.now();
    auto import = [&context, actor, batch = std::move(batch), before = tally, is_last,
                   now](Tx& tx) -> Result<ImportTally> {
        TRY_ASSIGN(auto part, usecases::import_devices(tx, context.means, actor, batch, now));
        if (!is_last) return part;
        auto all = before;
        all.add(part);
        TRY(record_import(tx, actor, all, "", now));
        return part;
    };
    auto done = co_await http::on_store(context.store, std::move(import));
    if (!done) co_return pass(done);
    tally.add(*std::move(done));
    co_return Result<void>{};
}

std::string tally_body(ImportTally const& tally) {
    std::string body;
    json::Writer writer(body);
    writer.object()
        .member("imported", tally.imported)
        .member("updated", tally.updated)
        .member("rejectedCount", tally.rejected_count);
    writer.key("rejected").array();
    for (auto const& one : tally.rejected) {
        writer.object().member("line", one.line).member("detail", one.detail).end();
    }
    writer.end().end();
    return body;
}

// The reply for `error`, with the number of devices so far. Closes the connection.
Reply broken_off(Error const& error, ImportTally const& tally) {
    auto const done = " (" + std::to_string(tally.imported) + " devices were imported and " +
                      std::to_string(tally.updated) + " updated before that)";
    auto const status = error.code == Errc::invalid    ? 400
                        : error.code == Errc::too_many ? 408
                                                       : status_of(error.code);
    auto reply = problem(status, error.for_client() + done);
    reply.close = true;
    return reply;
}

}  // namespace

asio::awaitable<Reply> import_devices(Context& context, Request const& request,
                                      Actor const& actor) {
    if (has_media_type(request, "multipart/")) {
        auto wrapped = problem(415, "Content-Type: the body is the lines themselves, not a form");
        wrapped.close = true;
        co_return co_await after_body(request, std::move(wrapped));
    }
    LineCutter cutter;
    ImportTally tally;
    std::vector<Line> cut;
    std::vector<ImportLine> read;
    for (bool ended = false; !ended;) {
        auto const piece = co_await request.stream->next();
        if (!piece) {
            co_await record_break(context, actor, tally);
            co_return broken_off(told_to_client(context, request, piece.error()), tally);
        }
        ended = piece->empty();
        if (ended) {
            cutter.finish(cut);
        } else {
            cutter.feed(*piece, cut);
        }
        // Parsed before the transaction, because other writers wait for that.
        for (auto const& line : cut) read.push_back({line.number, read_line(line)});
        cut.clear();
        if (!ended && read.size() < batch_lines) continue;
        auto batch = std::exchange(read, {});
        auto const done = co_await enroll(context, actor, std::move(batch), tally, ended);
        if (!done) {
            co_await record_break(context, actor, tally);
            auto refusal = broken_off(told_to_client(context, request, done.error()), tally);
            co_return co_await after_body(request, std::move(refusal));
        }
    }
    co_return json_reply(200, tally_body(tally));
}

}  // namespace updraft::admin
