#include "push/trial.h"

#include <utility>

#include "push/acknowledge.h"
#include "push/message.h"

namespace updraft::push {
namespace {

constexpr std::string_view example_did = "example";
constexpr std::string_view example_model = "example-model";
constexpr std::string_view version_before = "1.0.0";
constexpr std::string_view version_after = "1.1.0";
constexpr std::size_t date_characters = std::string_view("YYYY-MM-DD").size();

upgrade::Upgrade example_upgrade(upgrade::State state, int progress) {
    upgrade::Upgrade upgrade;
    upgrade.did = Did{std::string(example_did)};
    upgrade.model = ModelName{std::string(example_model)};
    upgrade.from_version = Version{std::string(version_before)};
    upgrade.version = Version{std::string(version_after)};
    upgrade.state = state;
    upgrade.progress = progress;
    return upgrade;
}

std::string example_notice(Instant now) {
    fleet::Device device;
    device.did = Did{std::string(example_did)};
    device.name = "Example device";
    device.model = ModelName{std::string(example_model)};
    device.version = Version{std::string(version_before)};
    firmware::Release release;
    release.version = Version{std::string(version_after)};
    release.update_log = "An example. No such firmware exists.";
    release.release_date = rfc3339(now).substr(0, date_characters);
    release.artifact.emplace().bytes = 1'048'576;
    return new_firmware_body(device, release);
}

}  // namespace

std::string example_body(MsgType type, Instant now) {
    switch (type) {
        case MsgType::progress:
            return progress_body(example_upgrade(upgrade::State::downloading, 42));
        case MsgType::result:
            return result_body(example_upgrade(upgrade::State::succeeded, 100));
        case MsgType::new_firmware:
            return example_notice(now);
        case MsgType::withdrawn:
            break;
    }
    return withdrawn_body(Did{std::string(example_did)}, Version{std::string(version_after)});
}

Trial::Trial(HttpClient& http_client, IdSource& id_source, Opener open, Settings settings)
    : http_client_(http_client),
      id_source_(id_source),
      open_(std::move(open)),
      settings_(std::move(settings)) {}

void Trial::send(access::App const& app, MsgType type, Instant now, Done done) {
    auto const id = id_source_.webhook_id(now);
    Content content{.id = id, .body = example_body(type, now), .event_at = now};
    if (stream_of(type) == Stream::upgrade) content.order_id = id_source_.order_id(now);
    auto parcel = make_parcel(app, open_, std::move(content), now, settings_.timeout);
    if (!parcel) return done(pass(parcel));
    auto ended = [trouble = settings_.trouble, appid = app.appid, id, now,
                  done = std::move(done)](Receipt const& receipt) {
        if (trouble && !receipt.trouble.empty()) trouble(appid, id.value, receipt.trouble);
        done(Attempt{.at = now,
                     .status = receipt.status,
                     .duration_ms = static_cast<std::int64_t>(receipt.duration.count()),
                     .answer = answer_excerpt(receipt),
                     .fault = fault_of(receipt)});
    };
    http_client_.post(*std::move(parcel), std::move(ended));
}

}  // namespace updraft::push
