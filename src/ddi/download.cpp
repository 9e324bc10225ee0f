#include "ddi/download.h"

#include <utility>

#include "channel/send_artifact.h"
#include "ddi/identify.h"
#include "ddi/reply.h"
#include "http/on_store.h"
#include "ports/prefetch.h"
#include "upgrade/hand_out.h"

namespace updraft::ddi {
namespace {

constexpr std::string_view md5sum_ending = ".MD5SUM";
// When a device that has too many downloads may ask again.
constexpr Millis download_pause{10'000};

struct Found {
    channel::ArtifactFile file;
    bool md5sum = false;
};

Result<Found> look(Tx const& tx, DeviceCall const& call, ReleaseId id, std::string const& name) {
    tx.prefetch().active_upgrade_of(call.did);
    TRY_ASSIGN(auto const device, authenticate(tx, call));
    TRY_ASSIGN(auto const found, upgrade::with_release(tx, device, id));
    auto const& release = *found.plan.release;
    auto const is_sum = name == release.file_name + std::string(md5sum_ending);
    if (!release.artifact || (name != release.file_name && !is_sum)) {
        return fail(Errc::not_found, "this software module has no such artifact");
    }
    return Found{{.upgrade = found.upgrade.id,
                  .downloader = {.did = device.did, .open_id = device.open_id},
                  .name = release.file_name,
                  .artifact = *release.artifact,
                  .changed_at = release.released_at},
                 is_sum};
}

http::Reply md5sum(channel::ArtifactFile const& file) {
    http::Reply reply;
    reply.content_type = "text/plain";
    reply.body = file.artifact.digests.md5 + "  " + file.name;
    reply.fields.emplace_back("Content-Disposition",
                              http::disposition(file.name + std::string(md5sum_ending)));
    return reply;
}

}  // namespace

http::asio::awaitable<http::Reply> download(Context& context, http::Request const& request) {
    auto call = read_device_call(request);
    if (!call) co_return refusal(call.error());
    auto const id = id_of(request);
    if (!id) co_return refusal(id.error());
    auto read = [call = *call, id = ReleaseId{*id}, name = request.params[file_param]](
                    Tx const& tx) { return look(tx, call, id, name); };
    auto found = co_await http::on_store(context.channel.store, std::move(read));
    if (!found) co_return failure(context, request, found.error());
    context.channel.presence.heard(call->did, context.channel.clock.now());
    if (found->md5sum) co_return md5sum(found->file);

    auto const way =
        request.query == via_bucket.substr(1) ? channel::Way::via_bucket : channel::Way::direct;
    auto sent =
        co_await channel::send_artifact(context.channel, request, std::move(found->file), way);
    if (sent) co_return *std::move(sent);
    if (sent.error().code == Errc::busy) co_return refusal(sent.error());
    if (sent.error().code == Errc::too_many) co_return refusal(sent.error(), download_pause);
    co_return failure(context, request, sent.error());
}

}  // namespace updraft::ddi
