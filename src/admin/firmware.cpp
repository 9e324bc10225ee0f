#include "admin/firmware.h"

#include "admin/answer.h"
#include "admin/page_body.h"
#include "admin/problem.h"
#include "admin/query.h"
#include "admin/read_rollout.h"
#include "admin/reading.h"
#include "admin/show_firmware.h"
#include "admin/upgrades.h"
#include "audit/record.h"
#include "firmware/publish.h"
#include "http/on_store.h"
#include "policy/local_time.h"
#include "ports/releases_table.h"
#include "usecases/change_firmware.h"
#include "usecases/release_firmware.h"
#include "usecases/withdraw_firmware.h"

namespace updraft::admin {
namespace {

Result<std::vector<Version>> versions_in(json::Object const& said, std::string_view name,
                                         std::size_t count_max) {
    TRY_ASSIGN(auto names, optional_names(said, name, count_max));
    std::vector<Version> versions;
    for (auto& version : names) {
        versions.push_back({std::move(version)});
        TRY(check_blanks(versions.back(), name));
    }
    return versions;
}

Result<std::optional<firmware::Availability>> read_availability(json::Object const& said) {
    TRY(refuse_null(said, "availability"));
    TRY_ASSIGN(auto const text, json::text_member(said, "availability"));
    if (!text) return std::optional<firmware::Availability>{};
    auto const availability = firmware::read_availability(*text);
    if (availability && *availability != firmware::Availability::rollout) return availability;
    return fail(Errc::invalid, "availability must be everyone or nobody");
}

// A null clears what it names.
Result<firmware::ReleaseChange> read_change(json::Object const& said) {
    firmware::ReleaseChange change;
    TRY_ASSIGN(auto log, optional_text(said, "updateLog", firmware::update_log_bytes_max));
    if (log || given_null(said, "updateLog")) change.update_log = std::move(log).value_or("");
    TRY_ASSIGN(change.availability, read_availability(said));
    TRY_ASSIGN(auto const* const others, json::array_member(said, "reportedAs"));
    if (others == nullptr && !given_null(said, "reportedAs")) return change;
    TRY_ASSIGN(change.reported_as, versions_in(said, "reportedAs", firmware::reported_as_max));
    return change;
}

Result<firmware::Draft> read_draft(json::Object const& said) {
    firmware::Draft draft;
    TRY_ASSIGN(draft.model, needed_name<ModelName>(said, "deviceModel"));
    TRY_ASSIGN(draft.version, needed_name<Version>(said, "firmwareVersion"));
    TRY_ASSIGN(auto log, optional_text(said, "updateLog", firmware::update_log_bytes_max));
    draft.update_log = std::move(log).value_or("");
    TRY_ASSIGN(auto const date, json::text_member(said, "releaseDate"));
    if (date) draft.release_date = read_day(*date);
    if (date && !draft.release_date) {
        return fail(Errc::invalid, "releaseDate must be a day written YYYY-MM-DD");
    }
    TRY_ASSIGN(draft.requires_version,
               versions_in(said, "requiresVersion", firmware::required_versions_max));
    TRY_ASSIGN(draft.reported_as, versions_in(said, "reportedAs", firmware::reported_as_max));
    TRY_ASSIGN(auto const file_name, json::text_member(said, "fileName"));
    if (file_name) {
        TRY_ASSIGN(draft.file_name, firmware::read_file_name(*file_name, "fileName"));
    }
    return draft;
}

ReleaseFilter read_release_filter(Request const& request) {
    return {.model = name_parameter<ModelName>(request, "model"),
            .state = word_parameter<firmware::ReleaseState>(request, "state",
                                                            firmware::release_state_words)};
}

Result<ReleaseId> firmware_id_in(Request const& request) {
    TRY_ASSIGN(auto const number, path_number(request, 0, "firmware"));
    return ReleaseId{number};
}

// {"acceptMismatch"?,"rollout"?,"note"?}; "rollout" is an object, or "none".
Result<usecases::FirmwareToRelease> read_to_release(ReleaseId id, json::Object const& said,
                                                    TimeZones const& zones) {
    usecases::FirmwareToRelease wanted{.id = id};
    TRY_ASSIGN(auto const accept, json::truth_member(said, "acceptMismatch"));
    if (accept.value_or(false)) wanted.mismatch = firmware::Mismatch::accept;
    TRY_ASSIGN(auto note, optional_text(said, "note", rollout_note_bytes_max));
    wanted.note = std::move(note).value_or("");
    TRY_ASSIGN(auto const* const rollout, said.find("rollout"));
    if (rollout == nullptr) return wanted;
    if (auto const* const members = rollout->object()) {
        TRY_ASSIGN(wanted.rollout, read_rollout_of(id, *members, zones));
        return wanted;
    }
    wanted.without_rollout = rollout->string() != nullptr && *rollout->string() == "none";
    if (wanted.without_rollout) return wanted;
    return fail(Errc::invalid, "rollout must be an object or \"none\"");
}

std::chrono::minutes utc_offset_at(Context const& context, Instant now) {
    auto const& means = context.means.upgrades;
    return policy::LocalTime(means.time_zone, means.zones).offset_at(now);
}

std::vector<std::string> texts_of(std::vector<Version> const& versions) {
    std::vector<std::string> texts;
    for (auto const& version : versions) texts.push_back(version.value);
    return texts;
}

audit::Act firmware_act(firmware::Release const& release, audit::Changes changes) {
    return {.object_kind = "firmware",
            .object_id = std::to_string(release.id.value),
            .changes = std::move(changes),
            .effect = release.model.value + " " + release.version.value};
}

Reply reply_of(Context const& context, Request const& request,
               Result<firmware::Release> const& release) {
    if (!release) return failure(context, request, release.error());
    return json_reply(200, body_of(*release));
}

// Each part is a transaction, so that other writes can run between the parts.
asio::awaitable<Result<upgrade::Stopped>> stop_running(Context& context, ReleaseId id,
                                                       upgrade::Scope scope) {
    upgrade::Stopped all;
    std::optional<RunningCursor> after = RunningCursor{};
    if (scope == upgrade::Scope::queued) after.reset();
    while (after) {
        auto stop = [&means = context.means.upgrades, id, scope, after = *after,
                     now = context.clock.now()](Tx& tx) {
            return upgrade::stop_release(tx, means, id, scope, after, now);
        };
        auto const part = co_await http::on_store(context.store, std::move(stop));
        if (!part) co_return pass(part);
        all.add(part->stopped);
        after = part->next;
    }
    co_return all;
}

}  // namespace

asio::awaitable<Reply> draft_firmware(Context& context, Request const& request, Actor const& actor,
                                      json::Object body) {
    auto wanted = read_draft(body);
    if (!wanted) co_return failure(context, request, wanted.error());
    auto const now = context.clock.now();
    auto draft = [actor, wanted = *std::move(wanted), now](Tx& tx) -> Result<firmware::Release> {
        TRY_ASSIGN(auto made, firmware::draft(tx, wanted, now));
        audit::Changes changes;
        changes.add("deviceModel", nullptr, made.model)
            .add("firmwareVersion", nullptr, made.version)
            .add("reportedAs", nullptr, texts_of(made.reported_as))
            .add("updateLog", nullptr, made.update_log)
            .add("requiresVersion", nullptr, texts_of(made.requires_version));
        TRY(audit::record(tx, actor, firmware_act(made, std::move(changes)), now));
        return made;
    };
    auto const made = co_await http::on_store(context.store, std::move(draft));
    if (!made) co_return failure(context, request, made.error());
    std::string shown;
    json::Writer writer(shown);
    write_release(writer, *made);
    co_return json_reply(201, std::move(shown));
}

asio::awaitable<Reply> list_firmware(Context& context, Request const& request) {
    auto filter = read_release_filter(request);
    auto ask = read_page_ask(request, "firmware");
    if (!ask) co_return failure(context, request, ask.error());
    PageCalls<firmware::Release> calls;
    calls.read = [filter = std::move(filter)](Tx const& tx, PageAsk const& part) {
        return tx.releases().list(filter, part);
    };
    calls.write = write_release;
    co_return co_await send_page(context, request, "firmware", *std::move(ask), std::move(calls));
}

asio::awaitable<Reply> show_firmware(Context& context, Request const& request) {
    auto const id = firmware_id_in(request);
    if (!id) co_return failure(context, request, id.error());
    auto show = [id = *id](Tx const& tx) { return firmware::find(tx, id); };
    auto const found = co_await http::on_store(context.store, std::move(show));
    co_return reply_of(context, request, found);
}

asio::awaitable<Reply> change_firmware(Context& context, Request const& request, Actor const& actor,
                                       json::Object body) {
    auto const id = firmware_id_in(request);
    if (!id) co_return failure(context, request, id.error());
    auto wanted = read_change(body);
    if (!wanted) co_return failure(context, request, wanted.error());
    auto const now = context.clock.now();
    auto change = [actor, id = *id, wanted = *std::move(wanted), now](Tx& tx) {
        return usecases::change_firmware(tx, actor, id, wanted, now);
    };
    auto const changed = co_await http::on_store(context.store, std::move(change));
    co_return reply_of(context, request, changed);
}

asio::awaitable<Reply> release_firmware(Context& context, Request const& request,
                                        Actor const& actor, json::Object body) {
    auto const id = firmware_id_in(request);
    if (!id) co_return failure(context, request, id.error());
    auto wanted = read_to_release(*id, body, context.means.upgrades.zones);
    if (!wanted) co_return failure(context, request, wanted.error());
    auto const now = context.clock.now();
    wanted->utc_offset = utc_offset_at(context, now);
    auto release = [&context, actor, wanted = *std::move(wanted), now](Tx& tx) {
        return usecases::release_firmware(tx, context.means, actor, wanted, now);
    };
    auto const released = co_await http::on_store(context.store, std::move(release));
    if (!released) co_return failure(context, request, released.error());
    co_return json_reply(200, body_of(released->release, released->warnings));
}

asio::awaitable<Reply> withdraw_firmware(Context& context, Request const& request,
                                         Actor const& actor, json::Object body) {
    auto const id = firmware_id_in(request);
    if (!id) co_return failure(context, request, id.error());
    auto const scope = read_scope(body);
    if (!scope) co_return failure(context, request, scope.error());
    auto const now = context.clock.now();
    usecases::FirmwareToWithdraw const wanted{.id = *id, .scope = *scope};
    auto withdraw = [&context, actor, wanted, now](Tx& tx) {
        return usecases::withdraw_firmware(tx, context.means, actor, wanted, now);
    };
    auto const withdrawn = co_await http::on_store(context.store, std::move(withdraw));
    if (!withdrawn) co_return failure(context, request, withdrawn.error());
    auto const stopped = co_await stop_running(context, *id, *scope);
    if (!stopped) co_return failure(context, request, stopped.error());
    auto all = *stopped;
    all.ended += withdrawn->ended;
    co_return json_reply(200, body_of(withdrawn->release, &all));
}

asio::awaitable<Reply> discard_firmware(Context& context, Request const& request,
                                        Actor const& actor) {
    auto const id = firmware_id_in(request);
    if (!id) co_return failure(context, request, id.error());
    auto const now = context.clock.now();
    auto discard = [actor, id = *id, now](Tx& tx) -> Result<void> {
        TRY_ASSIGN(auto const before, firmware::find(tx, id));
        TRY(firmware::discard(tx, id));
        audit::Changes changes;
        changes.add("state", word(before.state), nullptr);
        return audit::record(tx, actor, firmware_act(before, std::move(changes)), now);
    };
    auto const discarded = co_await http::on_store(context.store, std::move(discard));
    if (!discarded) co_return failure(context, request, discarded.error());
    co_return no_content();
}

}  // namespace updraft::admin
