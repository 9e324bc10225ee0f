#include "ddi/download.h"

#include <algorithm>
#include <utility>

#include "ddi/conditions.h"
#include "ddi/identify.h"
#include "ddi/ranges.h"
#include "ddi/reply.h"
#include "ddi/wording.h"
#include "http/on_blobs.h"
#include "http/on_store.h"
#include "ports/prefetch.h"
#include "upgrade/hand_out.h"
#include "upgrade/serving.h"

namespace updraft::ddi {
namespace {

constexpr std::string_view md5sum_ending = ".MD5SUM";
constexpr std::string_view octets = "application/octet-stream";

// One running download: a place among downloads_max, and the count of what was sent.
class Transfer {
public:
    Transfer(Context& context, UpgradeId id, std::shared_ptr<OpenBlob const> blob,
             std::vector<Stretch> stretches)
        : context_(context), id_(id), blob_(std::move(blob)), stretches_(std::move(stretches)) {}
    ~Transfer() { context_.downloads.fetch_sub(1, std::memory_order_relaxed); }
    Transfer(Transfer const&) = delete;
    Transfer& operator=(Transfer const&) = delete;

    void sent(std::uint64_t bytes) {
        auto rest = bytes;
        while (rest > 0 && at_ < stretches_.size()) {
            auto const step = std::min(rest, stretches_[at_].bytes() - in_stretch_);
            in_stretch_ += step;
            rest -= step;
            reach_ = std::max(reach_, stretches_[at_].first + in_stretch_);
            if (in_stretch_ < stretches_[at_].bytes()) continue;
            ++at_;
            in_stretch_ = 0;
        }
        write_down(bytes, false);
    }
    void ended(bool complete) {
        if (!complete) write_down(0, true);
    }

private:
    void write_down(std::uint64_t bytes, bool broke_off) {
        auto const now = context_.clock.now();
        auto const served = context_.served.add(id_,
                                                {.bytes = static_cast<std::int64_t>(bytes),
                                                 .reach = static_cast<std::int64_t>(reach_),
                                                 .whole = blob_->bytes(),
                                                 .broke_off = broke_off},
                                                now);
        if (!served) return;
        // Nobody waits for it: should it be lost, the device's own reports say more.
        context_.store.submit([means = &context_.means, id = id_, served = *served, now](
                                  Tx& tx) { return upgrade::served(tx, *means, id, served, now); },
                              [](Result<void> const&) {});
    }

    Context& context_;
    UpgradeId id_;
    std::shared_ptr<OpenBlob const> blob_;
    std::vector<Stretch> stretches_;
    std::size_t at_ = 0;
    std::uint64_t in_stretch_ = 0;
    std::uint64_t reach_ = 0;
};

struct File {
    UpgradeId upgrade;
    std::string name;
    firmware::Artifact artifact;
    std::optional<Instant> changed_at;
    bool md5sum = false;
};

Result<File> look(Tx const& tx, DeviceCall const& call, ReleaseId id, std::string const& name) {
    tx.prefetch().active_upgrade_of(call.did);
    TRY_ASSIGN(auto const device, recognised(tx, call));
    TRY_ASSIGN(auto const found, upgrade::with_release(tx, device, id));
    auto const& release = *found.plan.release;
    auto const is_sum = name == release.file_name + std::string(md5sum_ending);
    if (!release.artifact || (name != release.file_name && !is_sum)) {
        return fail(Errc::not_found, "this software module has no such artifact");
    }
    return File{found.upgrade.id, release.file_name, *release.artifact, release.released_at,
                is_sum};
}

http::Reply md5sum(File const& file) {
    http::Reply reply;
    reply.content_type = "text/plain";
    reply.body = file.artifact.digests.md5 + "  " + file.name;
    reply.fields.emplace_back("Content-Disposition",
                              disposition(file.name + std::string(md5sum_ending)));
    return reply;
}

http::Reply bare(int status, Validators const& file) {
    http::Reply reply;
    reply.status = status;
    reply.content_type = std::string(octets);
    reply.body = std::string();
    reply.fields.emplace_back("ETag", file.etag);
    return reply;
}

http::Reply unsatisfiable(Validators const& validators, std::uint64_t size) {
    auto reply = bare(416, validators);
    reply.fields.emplace_back("Content-Range", "bytes */" + std::to_string(size));
    reply.fields.emplace_back("Accept-Ranges", "bytes");
    return reply;
}

std::string content_range(Stretch const& stretch, std::uint64_t size) {
    return "bytes " + std::to_string(stretch.first) + "-" + std::to_string(stretch.last) + "/" +
           std::to_string(size);
}

// The body of one stretch, or of several with a boundary between them (RFC 9110, 14.6).
http::FileBody body_of(std::vector<Stretch> const& stretches, std::uint64_t size,
                       std::string const& boundary) {
    http::FileBody body;
    if (stretches.size() == 1) {
        body.pieces.push_back({{}, stretches[0].first, stretches[0].bytes()});
        return body;
    }
    for (auto const& stretch : stretches) {
        body.pieces.push_back({"\r\n--" + boundary + "\r\nContent-Type: " + std::string(octets) +
                                   "\r\nContent-Range: " + content_range(stretch, size) +
                                   "\r\n\r\n",
                               0, 0});
        body.pieces.push_back({{}, stretch.first, stretch.bytes()});
    }
    body.pieces.push_back({"\r\n--" + boundary + "--\r\n", 0, 0});
    return body;
}

// Status and fields for what was asked; the body is added by whoever sends one.
http::Reply head_of(Validators const& validators, Wanted const& wanted, std::uint64_t size,
                    std::string const& boundary) {
    http::Reply reply;
    reply.content_type = std::string(octets);
    reply.fields.emplace_back("ETag", validators.etag);
    reply.fields.emplace_back("Accept-Ranges", "bytes");
    if (!validators.last_modified.empty()) {
        reply.fields.emplace_back("Last-Modified", validators.last_modified);
    }
    if (wanted.kind == Wanted::Kind::whole) return reply;
    reply.status = 206;
    if (wanted.stretches.size() == 1) {
        reply.fields.emplace_back("Content-Range", content_range(wanted.stretches[0], size));
    } else {
        reply.content_type = "multipart/byteranges; boundary=" + boundary;
    }
    return reply;
}

// A place among the running downloads, given back when the transfer is over.
bool take_place(Context& context) {
    if (context.downloads.fetch_add(1, std::memory_order_relaxed) <
        context.settings.downloads_max) {
        return true;
    }
    context.downloads.fetch_sub(1, std::memory_order_relaxed);
    return false;
}

// A beginning that we see no bytes of.
void note_beginning(Context& context, File const& file) {
    context.store.submit([means = &context.means, id = file.upgrade, now = context.clock.now()](
                             Tx& tx) { return upgrade::served(tx, *means, id, {}, now); },
                         [](Result<void> const&) {});
}

http::Reply redirect(std::string url) {
    http::Reply reply;
    reply.status = 302;
    reply.content_type = std::string(octets);
    reply.body = std::string();
    reply.fields.emplace_back("Location", std::move(url));
    reply.fields.emplace_back("Cache-Control", "no-store");
    return reply;
}

// To where it may be fetched, when that was asked for and there is such a place.
std::optional<http::Reply> sent_on(Context& context, http::Request const& request,
                                   File const& file) {
    if (request.query != via_bucket.substr(1)) return std::nullopt;
    auto const only_head = request.method == http::Method::head;
    auto url = context.blobs.public_url(
        file.artifact.digests.sha256,
        {.only_head = only_head, .disposition = disposition(file.name)}, context.clock.now());
    if (!url) return std::nullopt;
    if (!only_head) note_beginning(context, file);
    return redirect(*std::move(url));
}

http::asio::awaitable<http::Reply> send(Context& context, http::Request const& request,
                                        File const& file) {
    auto const size = static_cast<std::uint64_t>(file.artifact.bytes);
    auto const validators = validators_of(file.artifact, file.changed_at);
    if (auto const status = unmet_condition(request, validators)) {
        co_return bare(*status, validators);
    }
    auto const range = wanted_range(request, validators);
    auto const wanted = range ? read_ranges(*range, size) : Wanted{};
    if (wanted.kind == Wanted::Kind::unsatisfiable) co_return unsatisfiable(validators, size);

    auto const boundary = "updraft" + context.means.id_source.hex(12);
    auto reply = head_of(validators, wanted, size, boundary);
    reply.fields.emplace_back("Content-Disposition", disposition(file.name));
    auto stretches = wanted.stretches;
    if (wanted.kind == Wanted::Kind::whole && size > 0) stretches = {{0, size - 1}};
    auto body = body_of(stretches, size, boundary);
    auto sha256 = file.artifact.digests.sha256;
    auto blob = co_await http::on_blobs(context.blobs, std::move(sha256));
    if (!blob && blob.error().code == Errc::busy) co_return refusal(blob.error());
    if (!blob || (*blob)->bytes() != file.artifact.bytes) {
        Error const changed{Errc::corrupt, "the artifact is not what it was"};
        co_return refusal(changed);
    }
    if (request.method == http::Method::head) {
        reply.body = std::move(body);
        co_return reply;
    }
    if (!take_place(context)) {
        Error const full{Errc::busy, "too many downloads are running; try again later"};
        co_return refusal(full);
    }
    body.descriptor = (*blob)->descriptor();
    auto transfer = std::make_shared<Transfer>(context, file.upgrade, *blob, std::move(stretches));
    body.on_sent = [transfer](std::uint64_t bytes) { transfer->sent(bytes); };
    body.on_end = [transfer](bool complete) { transfer->ended(complete); };
    body.keeps_open = std::move(transfer);
    reply.body = std::move(body);
    co_return reply;
}

}  // namespace

http::asio::awaitable<http::Reply> download(Context& context, http::Request const& request) {
    auto call = read_device_call(request);
    if (!call) co_return refusal(call.error());
    auto const id = id_of(request);
    if (!id) co_return refusal(id.error());
    auto read = [call = *call, id = ReleaseId{*id}, name = request.params[file_param]](
                    Tx const& tx) { return look(tx, call, id, name); };
    auto file = co_await http::on_store(context.store, std::move(read));
    if (!file) co_return refusal(file.error());
    context.signs.heard(call->did, context.clock.now());
    if (file->md5sum) co_return md5sum(*file);
    auto elsewhere = sent_on(context, request, *file);
    if (elsewhere) co_return *std::move(elsewhere);
    co_return co_await send(context, request, *file);
}

}  // namespace updraft::ddi
