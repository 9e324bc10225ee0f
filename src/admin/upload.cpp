#include <algorithm>

#include "admin/answer.h"
#include "admin/firmware.h"
#include "admin/media_type.h"
#include "admin/on_disk.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "admin/rest_of_body.h"
#include "admin/show_firmware.h"
#include "audit/record.h"
#include "firmware/intake.h"
#include "firmware/publish.h"
#include "http/on_store.h"
#include "vocabulary/ascii.h"

namespace updraft::admin {
namespace {

using IntakePtr = std::unique_ptr<firmware::Intake>;

// Several fields with the same name form one list (RFC 9110, 5.3).
std::string joined_field(Request const& request, std::string_view name) {
    std::string joined;
    for (auto const& field : request.fields) {
        if (!same_name(field.name, name)) continue;
        if (!joined.empty()) joined += ", ";
        joined += field.value;
    }
    return joined;
}

Result<std::optional<std::string>> digest_in(Request const& request, std::string_view name) {
    if (!request.field(name)) return std::optional<std::string>{};
    TRY_ASSIGN(auto digest, firmware::claimed_sha256(joined_field(request, name), name));
    return std::optional(std::move(digest));
}

// A digest that would not be checked must not seem to be.
tl::unexpected<Error> not_checked(std::string field) {
    return fail(Errc::invalid,
                std::move(field) +
                    " is not checked: send Repr-Digest: sha-256=:<base 64>: before the file");
}

// `names`: those of the fields in a trailer, with `separator` between them.
Result<void> refuse_digests_behind(std::string_view names, char separator) {
    while (!names.empty()) {
        auto const end = std::min(names.find(separator), names.size());
        auto const name = trimmed(names.substr(0, end));
        names.remove_prefix(std::min(end + 1, names.size()));
        for (std::string_view const digest :
             {"Repr-Digest", "Content-Digest", "Digest", "Content-MD5"}) {
            if (same_name(name, digest)) return not_checked("Trailer: a " + std::string(digest));
        }
    }
    return {};
}

Result<void> refuse_other_digests(Request const& request) {
    for (std::string_view const name : {"Digest", "Content-MD5"}) {
        if (request.field(name)) return not_checked(std::string(name));
    }
    return refuse_digests_behind(joined_field(request, "Trailer"), ',');
}

Result<std::optional<std::string>> claimed_digest(Request const& request) {
    TRY(refuse_other_digests(request));
    TRY_ASSIGN(auto by_repr, digest_in(request, "Repr-Digest"));
    TRY_ASSIGN(auto by_content, digest_in(request, "Content-Digest"));
    // Content codings are refused, so both digests are of the same bytes.
    if (by_repr && by_content && *by_repr != *by_content) {
        return fail(Errc::invalid, "Repr-Digest and Content-Digest contradict each other");
    }
    return by_repr ? by_repr : by_content;
}

// The reply when the body could not be read to its end.
Reply broken_off(Context const& context, Request const& request, Error const& error) {
    auto reply = error.code == Errc::invalid    ? problem(400, error.for_client())
                 : error.code == Errc::too_many ? problem(408, error.for_client())
                                                : failure(context, request, error);
    reply.close = true;
    return reply;
}

// Errors of the disk and the bucket (no space, not reachable) are answered with what clients may be
// told of them, because the operator must solve them.
Reply storage_failure(Context const& context, Request const& request, Error const& error) {
    if (error.code != Errc::unavailable || error.told.empty()) {
        return failure(context, request, error);
    }
    if (context.trouble) context.trouble(request.request_id, error);
    return problem(503, error.told + "; our log says more under request id " +
                            std::string(request.request_id));
}

Result<void> check_announced(Context const& context, Request const& request) {
    auto const bytes_max = static_cast<std::uint64_t>(context.settings.firmware_bytes_max);
    request.stream->set_bytes_max(bytes_max);
    if (request.stream->announced_bytes() <= bytes_max) return {};
    return fail(Errc::too_large, "the file is larger than " + std::to_string(bytes_max) + " bytes");
}

asio::awaitable<Reply> refused(Context const& context, Request const& request, Error error) {
    auto reply = failure(context, request, error);
    if (reply.status == 413) reply.close = true;
    return after_body(request, std::move(reply));
}

// Refuses parts of a file, and encoded or wrapped files, which would be stored as if they were the
// file.
std::optional<Reply> no_whole_file(Request const& request) {
    if (request.field("Content-Range")) {
        return problem(400, "Content-Range: a file is uploaded whole, not in parts");
    }
    auto const encoding = request.field("Content-Encoding").value_or("identity");
    if (!same_name(trimmed(encoding), "identity")) {
        return problem(415, "Content-Encoding: a file is uploaded as it is");
    }
    if (has_media_type(request, "multipart/") ||
        has_media_type(request, "application/x-www-form-urlencoded")) {
        auto wrapped = problem(415,
                               "Content-Type: the body is the file itself, not a form "
                               "(curl: -T FILE, or --data-binary @FILE with another Content-Type)");
        wrapped.close = true;
        return wrapped;
    }
    return std::nullopt;
}

// Writes each piece before the next one is read, so that memory is constant. Answers the error
// reply when it fails.
asio::awaitable<std::optional<Reply>> take_in(Context& context, Request const& request,
                                              firmware::Intake& intake, std::int64_t& bytes) {
    for (;;) {
        auto const piece = co_await request.stream->next();
        if (!piece) co_return broken_off(context, request, piece.error());
        if (piece->empty()) co_return std::nullopt;
        bytes += std::ssize(*piece);
        auto append = [&intake, part = *piece] { return intake.append(part); };
        auto const taken = co_await on_disk(context.disk, std::move(append));
        if (!taken) co_return storage_failure(context, request, taken.error());
    }
}

Result<void> record_upload(Tx& tx, Actor const& actor, ReleaseId id, audit::Changes changes,
                           std::string effect, Instant now) {
    return audit::record(tx, actor,
                         {.object_kind = "firmware",
                          .object_id = std::to_string(id.value),
                          .changes = std::move(changes),
                          .effect = std::move(effect)},
                         now);
}

// Records an upload that stored nothing, because its bytes did not all arrive.
asio::awaitable<void> record_break(Context& context, Actor const& actor, ReleaseId id,
                                   std::int64_t bytes) {
    auto const now = context.clock.now();
    auto record = [actor, id, bytes, now](Tx& tx) {
        auto effect = "broken off after " + audit::counted(bytes, "byte") + ": nothing is stored";
        return record_upload(tx, actor, id, {}, std::move(effect), now);
    };
    auto const recorded = co_await http::on_store(context.store, std::move(record));
    if (!recorded && context.trouble) context.trouble(actor.request_id, recorded.error());
}

Result<firmware::Release> attach_recorded(Tx& tx, Actor const& actor, ReleaseId id,
                                          firmware::Artifact const& artifact, Instant now) {
    TRY_ASSIGN(auto const before, firmware::find(tx, id));
    TRY_ASSIGN(auto after, firmware::attach(tx, id, artifact));
    audit::Changes changes;
    auto const digest_of = [](firmware::Release const& release) {
        return release.artifact ? std::optional(release.artifact->digests.sha256) : std::nullopt;
    };
    changes.add("sha256", digest_of(before), digest_of(after));
    auto effect = after.model.value + " " + after.version.value + ": " +
                  audit::counted(artifact.bytes, "byte") + " stored";
    TRY(record_upload(tx, actor, id, std::move(changes), std::move(effect), now));
    return after;
}

}  // namespace

asio::awaitable<Reply> receive_firmware_file(Context& context, Request const& request,
                                             Actor const& actor) {
    auto const number = path_number(request, 0, "firmware");
    if (!number) co_return co_await refused(context, request, number.error());
    auto const id = ReleaseId{*number};
    auto wrong = no_whole_file(request);
    if (wrong) co_return co_await after_body(request, *std::move(wrong));
    auto claimed = claimed_digest(request);
    if (!claimed) co_return co_await refused(context, request, claimed.error());
    auto look = [id](Tx const& tx) { return firmware::draft_of(tx, id); };
    auto const draft = co_await http::on_store(context.store, std::move(look));
    if (!draft) co_return co_await refused(context, request, draft.error());
    auto const fits = check_announced(context, request);
    if (!fits) co_return co_await refused(context, request, fits.error());

    auto begin = [&context, claimed = *std::move(claimed)] {
        return firmware::Intake::begin(context.blobs, context.settings.firmware_bytes_max, claimed);
    };
    auto begun = co_await on_disk(context.disk, std::move(begin));
    if (!begun) {
        auto refusal = storage_failure(context, request, begun.error());
        co_return co_await after_body(request, std::move(refusal));
    }
    IntakePtr const intake = *std::move(begun);
    std::int64_t bytes = 0;
    auto trouble = co_await take_in(context, request, *intake, bytes);
    if (trouble) {
        co_await record_break(context, actor, id, bytes);
        co_return co_await after_body(request, *std::move(trouble));
    }
    auto const behind = refuse_digests_behind(request.stream->trailer_names(), '\n');
    if (!behind) co_return failure(context, request, behind.error());

    auto finish = [&intake] { return intake->finish(); };
    auto const artifact = co_await on_disk(context.disk, std::move(finish));
    if (!artifact) co_return storage_failure(context, request, artifact.error());
    auto const now = context.clock.now();
    auto attach = [actor, id, artifact = *artifact, now](Tx& tx) {
        return attach_recorded(tx, actor, id, artifact, now);
    };
    auto const attached = co_await http::on_store(context.store, std::move(attach));
    if (!attached) co_return failure(context, request, attached.error());
    co_return json_reply(200, body_of(*attached));
}

}  // namespace updraft::admin
