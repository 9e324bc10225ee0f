#include "channel/send_artifact.h"

#include <algorithm>
#include <utility>

#include "http/on_blobs.h"
#include "http/ranges.h"
#include "text/http_date.h"
#include "upgrade/serving.h"

namespace updraft::channel {
namespace {

constexpr std::string_view octets = "application/octet-stream";

// Writes served bytes to the store without waiting. What the store answers is noted in the tally;
// bytes that could not be written are written with later ones.
void submit_served(Context& context, UpgradeId id, ByteSet served, Instant now) {
    auto stored = std::make_shared<ByteSet>();
    auto body = [means = &context.means, id, served = std::move(served), now,
                 stored](Tx& tx) -> Result<void> {
        TRY_ASSIGN(*stored, upgrade::served(tx, *means, id, served, now));
        return {};
    };
    context.store.submit(std::move(body), [&context, id, now, stored](Result<void> const& written) {
        auto more = context.served.wrote(
            id, written ? Result<ByteSet>(std::move(*stored)) : Result<ByteSet>(pass(written)));
        if (more) submit_served(context, id, *std::move(more), now);
    });
}

// One running download: its place, and the count of the bytes that the device acknowledged. What
// the kernel took is not counted: it takes up to 4 MB of which the device may never read a byte.
class Transfer {
public:
    Transfer(Context& context, UpgradeId id, Downloader const& who)
        : context_(context), place_(context.downloads, who), id_(id) {}

    [[nodiscard]] PlaceAnswer place() const { return place_.answer(); }
    void begin(std::shared_ptr<OpenBlob const> blob, std::vector<http::Stretch> stretches) {
        blob_ = std::move(blob);
        stretches_ = std::move(stretches);
        for (auto const& stretch : stretches_) total_ += stretch.bytes();
        asked_at_ = context_.clock.now();
    }

    // Asks for the acknowledged bytes only when they may be worth a write: not when all are given,
    // because ended() is about to follow, unless the device takes its time.
    void sent(std::uint64_t bytes, http::FileBody::Unacknowledged const& unacknowledged) {
        given_ += bytes;
        auto const now = context_.clock.now();
        auto const whole = static_cast<std::uint64_t>(blob_->bytes());
        auto const many = (given_ - counted_) * 100 >= whole * ServedTally::step_percent;
        auto const late = now - asked_at_ >= ServedTally::pause || now < asked_at_;
        auto const on_the_way = bytes > 0 && given_ < total_;
        if (!late && !(on_the_way && (many || counted_ == 0))) return;
        asked_at_ = now;
        count(unacknowledged(), false);
    }
    void ended(bool complete, http::FileBody::Unacknowledged const& unacknowledged) {
        count(complete ? 0 : unacknowledged(), !complete);
    }

private:
    void count(std::uint64_t unacknowledged, bool broke_off) {
        auto rest = given_ - counted_ - std::min(unacknowledged, given_ - counted_);
        counted_ += rest;
        std::vector<ByteRange> moved;
        while (rest > 0 && at_ < stretches_.size()) {
            auto const step = std::min(rest, stretches_[at_].bytes() - in_stretch_);
            auto const from = static_cast<std::int64_t>(stretches_[at_].first + in_stretch_);
            moved.push_back({from, from + static_cast<std::int64_t>(step)});
            in_stretch_ += step;
            rest -= step;
            if (in_stretch_ < stretches_[at_].bytes()) continue;
            ++at_;
            in_stretch_ = 0;
        }
        if (moved.empty() && !broke_off) return;
        auto const now = context_.clock.now();
        auto served = context_.served.add(
            id_, {.ranges = moved, .whole = blob_->bytes(), .broke_off = broke_off}, now);
        if (served) submit_served(context_, id_, *std::move(served), now);
    }

    Context& context_;
    DownloadPlace place_;
    UpgradeId id_;
    std::shared_ptr<OpenBlob const> blob_;
    std::vector<http::Stretch> stretches_;
    std::uint64_t total_ = 0;  // Bytes of the stretches.
    std::size_t at_ = 0;       // Where the counted bytes end.
    std::uint64_t in_stretch_ = 0;
    std::uint64_t given_ = 0;    // Bytes of the file that the kernel took.
    std::uint64_t counted_ = 0;  // Those that were counted, from the first one on.
    Instant asked_at_{};
};

http::Reply bare(int status, http::Validators const& file) {
    http::Reply reply;
    reply.status = status;
    reply.content_type = octets;
    reply.body = std::string();
    reply.fields.emplace_back("ETag", file.etag);
    reply.may_be_stored = true;
    return reply;
}

http::Reply unsatisfiable(http::Validators const& validators, std::uint64_t size) {
    auto reply = bare(416, validators);
    reply.fields.emplace_back("Content-Range", "bytes */" + std::to_string(size));
    reply.fields.emplace_back("Accept-Ranges", "bytes");
    return reply;
}

std::string content_range(http::Stretch const& stretch, std::uint64_t size) {
    return "bytes " + std::to_string(stretch.first) + "-" + std::to_string(stretch.last) + "/" +
           std::to_string(size);
}

// The body of one stretch, or of several with a boundary between them (RFC 9110, 14.6).
http::FileBody body_of(std::vector<http::Stretch> const& stretches, std::uint64_t size,
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

// Status and header fields of the reply; the caller adds the body.
http::Reply head_of(http::Validators const& validators, http::Wanted const& wanted,
                    std::uint64_t size, std::string const& boundary) {
    http::Reply reply;
    reply.content_type = octets;
    reply.may_be_stored = true;
    reply.fields.emplace_back("ETag", validators.etag);
    reply.fields.emplace_back("Accept-Ranges", "bytes");
    if (!validators.last_modified.empty()) {
        reply.fields.emplace_back("Last-Modified", validators.last_modified);
    }
    if (wanted.kind == http::Wanted::Kind::whole) return reply;
    reply.status = 206;
    if (wanted.stretches.size() == 1) {
        reply.fields.emplace_back("Content-Range", content_range(wanted.stretches[0], size));
    } else {
        reply.content_type = {};
        reply.fields.emplace_back("Content-Type", "multipart/byteranges; boundary=" + boundary);
    }
    return reply;
}

// Records that the download began. The bucket sends the bytes, so they cannot be counted.
void note_beginning(Context& context, ArtifactFile const& file) {
    context.store.submit(
        [means = &context.means, id = file.upgrade,
         now = context.clock.now()](Tx& tx) -> Result<void> {
            TRY(upgrade::served(tx, *means, id, {}, now));
            return {};
        },
        [](Result<void> const&) {});
}

http::Reply redirect(std::string url) {
    http::Reply reply;
    reply.status = 302;
    reply.content_type = octets;
    reply.body = std::string();
    reply.fields.emplace_back("Location", std::move(url));
    return reply;
}

// A redirect to the bucket; nothing when the artifact has no public address.
std::optional<http::Reply> sent_on(Context& context, http::Request const& request,
                                   ArtifactFile const& file) {
    auto const only_head = request.method == http::Method::head;
    auto url = context.blobs.public_url(
        file.artifact.digests.sha256,
        {.only_head = only_head, .disposition = http::disposition(file.name)}, context.clock.now());
    if (!url) return std::nullopt;
    if (!only_head) note_beginning(context, file);
    return redirect(*std::move(url));
}

tl::unexpected<Error> refused(PlaceAnswer answer) {
    if (answer == PlaceAnswer::device_has_enough) {
        return fail(Errc::too_many, "too many downloads of this device are running");
    }
    return fail(Errc::busy, "too many downloads are running; try again later");
}

}  // namespace

http::Validators validators_of(firmware::Artifact const& artifact,
                               std::optional<Instant> changed_at) {
    return {'"' + artifact.digests.sha256 + '"',
            changed_at ? text::http_date(changed_at->whole_seconds()) : ""};
}

http::asio::awaitable<Result<http::Reply>> send_artifact(Context& context,
                                                         http::Request const& request,
                                                         ArtifactFile file, Way way) {
    if (way == Way::via_bucket) {
        auto elsewhere = sent_on(context, request, file);
        if (elsewhere) co_return *std::move(elsewhere);
    }
    auto const size = static_cast<std::uint64_t>(file.artifact.bytes);
    auto const validators = validators_of(file.artifact, file.changed_at);
    if (auto const status = http::unmet_condition(request, validators)) {
        co_return bare(*status, validators);
    }
    auto const range = http::wanted_range(request, validators);
    auto const wanted = range ? http::read_ranges(*range, size) : http::Wanted{};
    if (wanted.kind == http::Wanted::Kind::unsatisfiable) co_return unsatisfiable(validators, size);

    auto const boundary = "updraft" + context.means.id_source.hex(12);
    auto reply = head_of(validators, wanted, size, boundary);
    reply.fields.emplace_back("Content-Disposition", http::disposition(file.name));
    auto stretches = wanted.stretches;
    if (wanted.kind == http::Wanted::Kind::whole && size > 0) stretches = {{0, size - 1}};
    auto body = body_of(stretches, size, boundary);
    // Before the file is opened: a refused request must not make the server fetch it from the
    // bucket.
    bool const only_head = request.method == http::Method::head;
    std::shared_ptr<Transfer> transfer;
    if (!only_head) transfer = std::make_shared<Transfer>(context, file.upgrade, file.downloader);
    if (transfer && transfer->place() != PlaceAnswer::taken) co_return refused(transfer->place());
    auto sha256 = std::move(file.artifact.digests.sha256);
    auto blob = co_await http::on_blobs(context.blobs, std::move(sha256));
    if (!blob && blob.error().code == Errc::busy) co_return pass(blob);
    if (!blob || (*blob)->bytes() != file.artifact.bytes) {
        co_return fail(Errc::corrupt, "the artifact is not what it was");
    }
    if (only_head) {
        reply.body = std::move(body);
        co_return reply;
    }
    body.descriptor = (*blob)->descriptor();
    transfer->begin(*blob, std::move(stretches));
    using Unacknowledged = http::FileBody::Unacknowledged;
    body.on_sent = [transfer](std::uint64_t bytes, Unacknowledged const& unacknowledged) {
        transfer->sent(bytes, unacknowledged);
    };
    body.on_end = [transfer](bool complete, Unacknowledged const& unacknowledged) {
        transfer->ended(complete, unacknowledged);
    };
    body.keeps_open = std::move(transfer);
    reply.body = std::move(body);
    co_return reply;
}

}  // namespace updraft::channel
