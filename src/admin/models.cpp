#include "admin/answer.h"
#include "admin/devices.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "audit/record.h"
#include "firmware/publish.h"
#include "http/on_store.h"
#include "ports/models_table.h"

namespace updraft::admin {
namespace {

constexpr std::int64_t polling_seconds_max = 24 * 60 * 60 - 1;  // "HH:MM:SS" ends at 23:59:59.
constexpr std::size_t chunk_part_bytes_max = 64;

Result<fleet::SuccessCriterion> read_criterion(json::Object const& said) {
    TRY_ASSIGN(auto const text, json::text_member(said, "successCriterion"));
    if (!text) return fleet::SuccessCriterion::report;
    auto const criterion = fleet::read_success_criterion(*text);
    if (!criterion) {
        return fail(Errc::invalid, "successCriterion must be \"report\" or \"version\"");
    }
    return *criterion;
}

// PUT replaces the model: absent members get their defaults.
Result<fleet::Model> read_model(json::Object const& said, ModelName name) {
    fleet::Model model;
    model.name = std::move(name);
    TRY_ASSIGN(auto display_name, optional_title(said, "displayName"));
    model.display_name = std::move(display_name).value_or("");
    TRY_ASSIGN(auto const upgradable, json::truth_member(said, "upgradable"));
    model.upgradable = upgradable.value_or(true);
    TRY_ASSIGN(model.success, read_criterion(said));
    TRY_ASSIGN(model.polling_seconds,
               whole_between(said, "pollingSeconds", 1, polling_seconds_max));
    TRY_ASSIGN(auto part, optional_title(said, "chunkPart", chunk_part_bytes_max));
    if (part && part->empty()) return fail(Errc::invalid, "chunkPart must not be empty");
    if (part) model.chunk_part = *std::move(part);
    return model;
}

// PATCH changes what is given. `null` puts a display name or a polling interval back.
Result<void> change(fleet::Model& model, json::Object const& said) {
    for (auto const* const name : {"upgradable", "successCriterion", "chunkPart"}) {
        TRY(refuse_null(said, name));
    }
    TRY_ASSIGN(auto const read, read_model(said, model.name));
    auto const given = [&](std::string_view name) {
        auto const member = said.find(name);
        return (member && *member != nullptr) || given_null(said, name);
    };
    if (given("displayName")) model.display_name = read.display_name;
    if (given("upgradable")) model.upgradable = read.upgradable;
    if (given("successCriterion")) model.success = read.success;
    if (given("pollingSeconds")) model.polling_seconds = read.polling_seconds;
    if (given("chunkPart")) model.chunk_part = read.chunk_part;
    return {};
}

Result<void> put_recorded(Tx& tx, Actor const& actor, fleet::Model const& model, Instant now) {
    TRY_ASSIGN(auto const before, tx.models().find(model.name));
    TRY(tx.models().put(model));
    // Apps are told of what a model's devices are offered again.
    if (model.upgradable && !before.upgradable) {
        TRY(firmware::announce_again(tx, model.name, now));
    }
    audit::Changes changes;
    changes.add("displayName", before.display_name, model.display_name)
        .add("upgradable", before.upgradable, model.upgradable)
        .add("successCriterion", word(before.success), word(model.success))
        .add("pollingSeconds", before.polling_seconds, model.polling_seconds)
        .add("chunkPart", before.chunk_part, model.chunk_part);
    return audit::record(
        tx, actor,
        {.object_kind = "model", .object_id = model.name.value, .changes = std::move(changes)},
        now);
}

std::string model_body(fleet::Model const& model) {
    std::string body;
    json::Writer writer(body);
    writer.object().member("deviceModel", model.name.value);
    text_or_null(writer, "displayName", model.display_name);
    writer.member("upgradable", model.upgradable)
        .member("successCriterion", word(model.success))
        .member("pollingSeconds", model.polling_seconds)
        .member("chunkPart", model.chunk_part)
        .end();
    return body;
}

}  // namespace

asio::awaitable<Reply> put_model(Context& context, Request const& request, Actor const& actor,
                                 json::Object body) {
    auto name = new_path_name<ModelName>(request, 0, "deviceModel");
    if (!name) co_return failure(context, request, name.error());
    auto model = read_model(body, *name);
    if (!model) co_return failure(context, request, model.error());
    auto const now = context.clock.now();
    auto put = [actor, model = *model, now](Tx& tx) { return put_recorded(tx, actor, model, now); };
    auto const written = co_await http::on_store(context.store, std::move(put));
    if (!written) co_return failure(context, request, written.error());
    co_return json_reply(200, model_body(*model));
}

asio::awaitable<Reply> change_model(Context& context, Request const& request, Actor const& actor,
                                    json::Object body) {
    auto name = new_path_name<ModelName>(request, 0, "deviceModel");
    if (!name) co_return failure(context, request, name.error());
    auto const now = context.clock.now();
    auto put = [actor, name = *name, said = std::move(body), now](Tx& tx) -> Result<fleet::Model> {
        TRY_ASSIGN(auto model, tx.models().find(name));
        TRY(change(model, said));
        TRY(put_recorded(tx, actor, model, now));
        return model;
    };
    auto const written = co_await http::on_store(context.store, std::move(put));
    if (!written) co_return failure(context, request, written.error());
    co_return json_reply(200, model_body(*written));
}

}  // namespace updraft::admin
