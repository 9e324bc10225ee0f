#include "ddi/deployment.h"

#include "ddi/action_history.h"
#include "ddi/download.h"
#include "ddi/identify.h"
#include "ddi/reply.h"
#include "ddi/wording.h"
#include "firmware/eligibility.h"
#include "http/on_store.h"
#include "json/writer.h"
#include "text/percent.h"
#include "upgrade/hand_out.h"

namespace updraft::ddi {
namespace {

struct Described {
    upgrade::Deployment deployment;
    HistoryPart history;
};

Result<Described> with_history(Tx const& tx, upgrade::Deployment deployment, HistoryWish wish) {
    TRY_ASSIGN(auto history, first_history_part(tx, deployment.upgrade.id, wish));
    return Described{std::move(deployment), std::move(history)};
}

// The beginning of the links in an answer, and whether the download link asks for a redirect to the
// bucket.
struct Links {
    std::string base;
    bool to_a_bucket = false;
};
Links links_for(Context const& context, http::Request const& request) {
    return {base_link(request), context.settings.bucket};
}

// The members have the forms that clients expect: the size is a number, digests are lower-case hex.
// One client reads only the links whose names end in "-http" and follows no redirects, so these
// never lead to the bucket.
void add_artifact(json::Writer& writer, firmware::Release const& release,
                  firmware::Artifact const& artifact, Links const& links) {
    auto const file = links.base + "/softwaremodules/" + std::to_string(release.id.value) +
                      "/artifacts/" + text::percent_encoded(release.file_name);
    auto const link = [&](std::string_view name, std::string const& href) {
        writer.key(name).object().member("href", href).end();
    };
    writer.object().member("filename", release.file_name).member("size", artifact.bytes);
    writer.key("hashes").object();
    writer.member("sha1", artifact.digests.sha1).member("md5", artifact.digests.md5);
    writer.member("sha256", artifact.digests.sha256).end();
    writer.key("_links").object();
    link("download", links.to_a_bucket ? file + std::string(via_bucket) : file);
    link("download-http", file);
    link("md5sum", file + ".MD5SUM");
    link("md5sum-http", file + ".MD5SUM");
    writer.end().end();
}

// As the plan of the rollout says that decides about the release.
rollout::InstallWord install_word(upgrade::Deployment const& deployment) {
    auto const& plan = deployment.plan;
    auto const* const decides = firmware::find_rollout(*plan.catalog, plan.release->id);
    return decides == nullptr ? rollout::InstallWord::forced : decides->plan.install;
}

// With a history the body ends before its first text: answer_with_history() continues it.
std::string deployment_body(upgrade::Deployment const& deployment, HistoryWish wish,
                            Links const& links) {
    auto const& upgrade = deployment.upgrade;
    auto const& release = *deployment.plan.release;
    auto const& model = deployment.plan.catalog->model;
    std::string body;
    body.reserve(1024);
    json::Writer writer(body);
    writer.object().member("id", std::to_string(upgrade.id.value)).key("deployment").object();
    auto const how = word_in(rollout::install_word_words, install_word(deployment));
    writer.member("download", how).member("update", how).key("chunks").array();
    writer.object().member("part", model.chunk_part).member("version", release.version.value);
    writer.member("name", release.model.value).key("artifacts").array();
    if (release.artifact) add_artifact(writer, release, *release.artifact, links);
    writer.end().end().end().end();
    if (wish.messages != 0) {
        writer.key("actionHistory").object().member("status", action_status(upgrade.state));
        writer.key("messages").array();
        return body;
    }
    writer.end();
    return body;
}

Result<Described> look(Tx const& tx, upgrade::Means const& means, DeviceCall const& call,
                       UpgradeId id, HistoryWish wish, Instant now) {
    TRY_ASSIGN(auto const device, authenticate(tx, call));
    TRY_ASSIGN(auto deployment, upgrade::deployment(tx, means, device, id, now));
    return with_history(tx, std::move(deployment), wish);
}

Result<Described> look_back(Tx const& tx, DeviceCall const& call, UpgradeId id, HistoryWish wish) {
    TRY_ASSIGN(auto const device, authenticate(tx, call));
    TRY_ASSIGN(auto deployment, upgrade::installed(tx, device, id));
    return with_history(tx, std::move(deployment), wish);
}

Result<upgrade::Deployment> look_at_module(Tx const& tx, DeviceCall const& call, ReleaseId id) {
    TRY_ASSIGN(auto const device, authenticate(tx, call));
    return upgrade::with_release(tx, device, id);
}

// The values of a GET request with an id in its path.
struct Ask {
    DeviceCall call;
    std::int64_t id = 0;
    HistoryWish wish;
};
Result<Ask> read_ask(http::Request const& request) {
    Ask ask;
    TRY_ASSIGN(ask.call, read_device_call(request));
    TRY_ASSIGN(ask.id, id_of(request));
    TRY_ASSIGN(ask.wish, read_history_wish(request));
    return ask;
}

http::asio::awaitable<http::Reply> described(Context& context, http::Request const& request,
                                             Described found, HistoryWish wish) {
    auto body = deployment_body(found.deployment, wish, links_for(context, request));
    if (wish.messages == 0) co_return answer(request, std::move(body));
    auto reply =
        co_await answer_with_history(context, request, std::move(body), std::move(found.history));
    if (!reply) co_return failure(context, request, reply.error());
    co_return *std::move(reply);
}

}  // namespace

http::asio::awaitable<http::Reply> deployment_base(Context& context, http::Request const& request) {
    auto ask = read_ask(request);
    if (!ask) co_return refusal(ask.error());
    auto const now = context.channel.clock.now();
    auto const* means = &context.channel.means;
    auto read = [means, ask = *ask, now](Tx const& tx) {
        return look(tx, *means, ask.call, UpgradeId{ask.id}, ask.wish, now);
    };
    auto found = co_await http::on_store(context.channel.store, std::move(read));
    if (!found) co_return failure(context, request, found.error());
    context.channel.presence.heard(ask->call.did, now);

    auto const untaken = found->deployment.upgrade.state == upgrade::State::queued;
    if (untaken && request.method != http::Method::head) {
        auto take = [means, ask = *ask, now](Tx& tx) {
            return upgrade::take(tx, *means, ask.call.did, UpgradeId{ask.id}, now);
        };
        auto taken = co_await http::on_store(context.channel.store, std::move(take));
        if (!taken) co_return failure(context, request, taken.error());
        found->deployment = *std::move(taken);
    }
    co_return co_await described(context, request, *std::move(found), ask->wish);
}

http::asio::awaitable<http::Reply> installed_base(Context& context, http::Request const& request) {
    auto ask = read_ask(request);
    if (!ask) co_return refusal(ask.error());
    auto read = [ask = *ask](Tx const& tx) {
        return look_back(tx, ask.call, UpgradeId{ask.id}, ask.wish);
    };
    auto found = co_await http::on_store(context.channel.store, std::move(read));
    if (!found) co_return failure(context, request, found.error());
    context.channel.presence.heard(ask->call.did, context.channel.clock.now());
    co_return co_await described(context, request, *std::move(found), ask->wish);
}

http::asio::awaitable<http::Reply> artifacts(Context& context, http::Request const& request) {
    auto ask = read_ask(request);
    if (!ask) co_return refusal(ask.error());
    auto read = [ask = *ask](Tx const& tx) {
        return look_at_module(tx, ask.call, ReleaseId{ask.id});
    };
    auto found = co_await http::on_store(context.channel.store, std::move(read));
    if (!found) co_return failure(context, request, found.error());
    context.channel.presence.heard(ask->call.did, context.channel.clock.now());

    auto const& release = *found->plan.release;
    std::string body;
    json::Writer writer(body);
    writer.array();
    auto const links = links_for(context, request);
    if (release.artifact) add_artifact(writer, release, *release.artifact, links);
    writer.end();
    co_return answer(request, std::move(body));
}

}  // namespace updraft::ddi
