#include "admin/answer.h"
#include "admin/devices.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "audit/record.h"
#include "firmware/publish.h"
#include "http/on_store.h"
#include "json/copy.h"
#include "ports/models_table.h"
#include "rollout/read_plan.h"
#include "vocabulary/if_found.h"

namespace updraft::admin {
namespace {

constexpr std::int64_t polling_seconds_max = 24 * 60 * 60 - 1;  // "HH:MM:SS" ends at 23:59:59.
constexpr std::size_t chunk_part_bytes_max = 64;
constexpr std::size_t mqtt_operation_bytes_max = 64;
constexpr std::size_t release_plan_bytes_max = 8 * 1024;

Result<fleet::SuccessCriterion> read_criterion(json::Object const& said) {
    TRY_ASSIGN(auto const text, json::text_member(said, "successCriterion"));
    if (!text) return fleet::SuccessCriterion::report;
    auto const criterion = fleet::read_success_criterion(*text);
    if (!criterion) {
        return fail(Errc::invalid, "successCriterion must be \"report\" or \"version\"");
    }
    return *criterion;
}

// {"mode","plan"?} as JSON text, as it was given; empty when it is absent or `null`.
Result<std::string> read_release_plan(json::Object const& said, TimeZones const& zones) {
    std::string text;
    TRY_ASSIGN(auto const* const plan, json::object_member(said, "releasePlan"));
    if (plan == nullptr) return text;
    TRY(rollout::read_release_plan(*plan, zones));
    json::Writer writer(text);
    json::copy(writer, *plan);
    if (text.size() <= release_plan_bytes_max) return text;
    return fail(Errc::invalid,
                "releasePlan is longer than " + std::to_string(release_plan_bytes_max) + " bytes");
}

// PUT replaces the model: absent members get their defaults.
Result<fleet::Model> read_model(json::Object const& said, ModelName name, TimeZones const& zones) {
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
    TRY_ASSIGN(model.release_plan, read_release_plan(said, zones));
    TRY_ASSIGN(auto const approvals, whole_between(said, "minApprovals", 0, 1));
    model.approvals_min = approvals.value_or(0);
    TRY_ASSIGN(auto operation, optional_title(said, "mqttOperation", mqtt_operation_bytes_max));
    if (operation && operation->empty()) {
        return fail(Errc::invalid, "mqttOperation must not be empty");
    }
    if (operation) model.mqtt_operation = *std::move(operation);
    return model;
}

// PATCH changes what is given. `null` puts a display name, a polling interval or a release plan
// back.
Result<void> change(fleet::Model& model, json::Object const& said, TimeZones const& zones) {
    for (auto const* const name :
         {"upgradable", "successCriterion", "chunkPart", "minApprovals", "mqttOperation"}) {
        TRY(refuse_null(said, name));
    }
    TRY_ASSIGN(auto const read, read_model(said, model.name, zones));
    auto const given = [&](std::string_view name) {
        auto const member = said.find(name);
        return (member && *member != nullptr) || given_null(said, name);
    };
    if (given("displayName")) model.display_name = read.display_name;
    if (given("upgradable")) model.upgradable = read.upgradable;
    if (given("successCriterion")) model.success = read.success;
    if (given("pollingSeconds")) model.polling_seconds = read.polling_seconds;
    if (given("chunkPart")) model.chunk_part = read.chunk_part;
    if (given("releasePlan")) model.release_plan = read.release_plan;
    if (given("minApprovals")) model.approvals_min = read.approvals_min;
    if (given("mqttOperation")) model.mqtt_operation = read.mqtt_operation;
    return {};
}

Result<void> put_recorded(Tx& tx, Actor const& actor, fleet::Model const& model, Instant now) {
    TRY_ASSIGN(auto const before, tx.models().find(model.name));
    // Otherwise who needs an approval could go without one.
    if (model.approvals_min < before.approvals_min) {
        TRY(access::needs(actor, access::Role::admin, "a smaller minApprovals"));
    }
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
        .add("chunkPart", before.chunk_part, model.chunk_part)
        .add("releasePlan", before.release_plan, model.release_plan)
        .add("minApprovals", before.approvals_min, model.approvals_min)
        .add("mqttOperation", before.mqtt_operation, model.mqtt_operation);
    return audit::record(
        tx, actor,
        {.object_kind = "model", .object_id = model.name.value, .changes = std::move(changes)},
        now);
}

void write_model(json::Writer& writer, KnownModel const& known) {
    auto const& model = known.model;
    writer.object().member("deviceModel", model.name.value);
    text_or_null(writer, "displayName", model.display_name);
    writer.member("upgradable", model.upgradable)
        .member("successCriterion", word(model.success))
        .member("pollingSeconds", model.polling_seconds)
        .member("chunkPart", model.chunk_part);
    writer.key("releasePlan");
    if (model.release_plan.empty()) {
        writer.null();
    } else {
        writer.raw(model.release_plan);
    }
    writer.member("minApprovals", model.approvals_min)
        .member("mqttOperation", model.mqtt_operation)
        .member("declared", known.declared);
    name_or_null(writer, "newestVersion", known.newest);
    writer.end();
}

std::string model_body(KnownModel const& known) {
    std::string body;
    json::Writer writer(body);
    write_model(writer, known);
    return body;
}

}  // namespace

asio::awaitable<Reply> put_model(Context& context, Request const& request, Actor const& actor,
                                 json::Object body) {
    auto name = new_path_name<ModelName>(request, 0, "deviceModel");
    if (!name) co_return failure(context, request, name.error());
    auto model = read_model(body, *name, context.means.upgrades.zones);
    if (!model) co_return failure(context, request, model.error());
    auto const now = context.clock.now();
    auto put = [actor, model = *model, now](Tx& tx) -> Result<KnownModel> {
        TRY(put_recorded(tx, actor, model, now));
        return tx.models().known(model.name);
    };
    auto const written = co_await http::on_store(context.store, std::move(put));
    if (!written) co_return failure(context, request, written.error());
    co_return json_reply(200, model_body(*written));
}

asio::awaitable<Reply> change_model(Context& context, Request const& request, Actor const& actor,
                                    json::Object body) {
    auto name = new_path_name<ModelName>(request, 0, "deviceModel");
    if (!name) co_return failure(context, request, name.error());
    auto const now = context.clock.now();
    auto put = [actor, name = *name, said = std::move(body), &zones = context.means.upgrades.zones,
                now](Tx& tx) -> Result<KnownModel> {
        TRY_ASSIGN(auto model, tx.models().find(name));
        TRY(change(model, said, zones));
        TRY(put_recorded(tx, actor, model, now));
        return tx.models().known(name);
    };
    auto const written = co_await http::on_store(context.store, std::move(put));
    if (!written) co_return failure(context, request, written.error());
    co_return json_reply(200, model_body(*written));
}

asio::awaitable<Reply> list_models(Context& context, Request const& request) {
    auto ask = read_page_ask(request, "models");
    if (!ask) co_return failure(context, request, ask.error());
    auto list = [ask = *std::move(ask)](Tx const& tx) { return tx.models().list(ask); };
    auto const page = co_await http::on_store(context.store, std::move(list));
    if (!page) co_return failure(context, request, page.error());
    co_return page_reply(request, *page, "models", write_model);
}

asio::awaitable<Reply> show_model(Context& context, Request const& request) {
    auto name = path_name<ModelName>(request, 0, "deviceModel");
    if (!name) co_return failure(context, request, name.error());
    auto show = [name = *std::move(name)](Tx const& tx) {
        return existing(tx.models().known(name), "model", name.value);
    };
    auto const found = co_await http::on_store(context.store, std::move(show));
    if (!found) co_return failure(context, request, found.error());
    co_return json_reply(200, model_body(*found));
}

}  // namespace updraft::admin
