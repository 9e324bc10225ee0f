#include "admin/import.h"

#include <algorithm>
#include <utility>

#include "admin/answer.h"
#include "admin/lines.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "admin/rest_of_body.h"
#include "http/on_store.h"

namespace updraft::admin {
namespace {

constexpr std::size_t batch_lines = 256;
constexpr std::size_t rejected_shown_max = 100;

struct Rejected {
    std::int64_t line = 0;
    std::string detail;
};

struct Tally {
    std::int64_t imported = 0;
    std::int64_t updated = 0;
    std::int64_t rejected_count = 0;
    std::vector<Rejected> rejected;  // The first ones.

    void reject(std::int64_t line, std::string detail) {
        ++rejected_count;
        if (rejected.size() < rejected_shown_max) rejected.push_back({line, std::move(detail)});
    }
    void add(Tally batch) {
        imported += batch.imported;
        updated += batch.updated;
        rejected_count += batch.rejected_count;
        for (auto& one : batch.rejected) {
            if (rejected.size() < rejected_shown_max) rejected.push_back(std::move(one));
        }
    }
};

Result<fleet::Enrolment> read_line(Line const& line) {
    if (!line.text) {
        return fail(Errc::invalid,
                    "the line is longer than " + std::to_string(line_bytes_max) + " bytes");
    }
    TRY_ASSIGN(auto const said, json::read_object(*line.text));
    TRY_ASSIGN(auto did, needed_name<Did>(said, "did"));
    return read_enrolment(said, std::move(did));
}

// Lines that speak of a device each.
struct Run {
    std::vector<fleet::Enrolment> all;
    std::vector<std::int64_t> numbers;  // Of their lines.

    [[nodiscard]] bool speaks_of(Did const& did) const {
        return std::ranges::find(all, did, &fleet::Enrolment::did) != all.end();
    }
};

Result<void> enroll_run(Tx& tx, Context const& context, Run const& run, Tally& tally, Instant now) {
    TRY_ASSIGN(auto const enrolled, enroll_devices(tx, context, run.all, now));
    for (std::size_t i = 0; i < enrolled.size(); ++i) {
        if (enrolled[i]) {
            ++(enrolled[i]->created() ? tally.imported : tally.updated);
        } else {
            tally.reject(run.numbers[i], enrolled[i].error().detail);
        }
    }
    return {};
}

// A batch in one transaction. Only an error of the store ends it.
Result<Tally> enroll_lines(Tx& tx, Context const& context, std::vector<Line> const& lines,
                           Instant now) {
    Tally tally;
    Run run;
    for (auto const& line : lines) {
        auto wanted = read_line(line);
        if (!wanted || run.speaks_of(wanted->did)) {
            TRY(enroll_run(tx, context, std::exchange(run, {}), tally, now));
        }
        if (wanted) {
            run.all.push_back(*std::move(wanted));
            run.numbers.push_back(line.number);
        } else {
            tally.reject(line.number, wanted.error().detail);
        }
    }
    TRY(enroll_run(tx, context, run, tally, now));
    return tally;
}

asio::awaitable<Result<void>> work_off(Context& context, std::vector<Line> lines, Tally& tally) {
    auto const now = context.clock.now();
    auto enroll = [&context, lines = std::move(lines), now](Tx& tx) {
        return enroll_lines(tx, context, lines, now);
    };
    auto done = co_await http::on_store(context.store, std::move(enroll));
    if (!done) co_return tl::unexpected<Error>(done.error());
    tally.add(*std::move(done));
    co_return Result<void>{};
}

std::string body_of(Tally const& tally) {
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

Reply broken_off(Error const& error, Tally const& tally) {
    auto const done = " (" + std::to_string(tally.imported) + " devices were imported and " +
                      std::to_string(tally.updated) + " updated before that)";
    auto const status = error.code == Errc::invalid    ? 400
                        : error.code == Errc::too_many ? 408
                                                       : status_of(error.code);
    auto reply = problem(status, error.detail + done);
    reply.close = true;
    return reply;
}

}  // namespace

asio::awaitable<Reply> import_devices(Context& context, Request const& request) {
    LineCutter cutter;
    Tally tally;
    std::vector<Line> lines;
    for (bool ended = false; !ended;) {
        auto const piece = co_await request.stream->next();
        if (!piece) co_return broken_off(piece.error(), tally);
        ended = piece->empty();
        if (ended) {
            cutter.finish(lines);
        } else {
            cutter.feed(*piece, lines);
        }
        if (!ended && lines.size() < batch_lines) continue;
        auto batch = std::exchange(lines, {});
        auto const done = co_await work_off(context, std::move(batch), tally);
        if (!done) {
            auto refusal = broken_off(done.error(), tally);
            co_return co_await after_body(request, std::move(refusal));
        }
    }
    co_return json_reply(200, body_of(tally));
}

}  // namespace updraft::admin
