#include "push/posting.h"

#include "push/signature.h"

namespace updraft::push {

Result<Parcel> make_parcel(access::App const& app, Opener const& open, Content content, Instant now,
                           Millis timeout) {
    TRY_ASSIGN(auto const appkey, open(app.appkey));
    std::vector<Secret> secrets;
    TRY_ASSIGN(auto secret, open(app.push_secret));
    secrets.push_back(std::move(secret));
    if (app.old_push_secret && app.old_keys_until && now < *app.old_keys_until) {
        TRY_ASSIGN(auto old, open(*app.old_push_secret));
        secrets.push_back(std::move(old));
    }
    TRY_ASSIGN(auto signatures, sign(secrets, content.id, now, content.body));
    Parcel parcel;
    parcel.url = *app.push_url;
    parcel.headers.reserve(8);
    parcel.headers = {{"Appid", app.appid.value},
                      {"Appkey", appkey.reveal()},
                      {"Content-Type", "application/json"},
                      {"webhook-id", content.id.value},
                      {"webhook-timestamp", std::to_string(now.seconds())},
                      {"webhook-signature", std::move(signatures)},
                      {"updraft-event-time", std::to_string(content.event_at.ms)}};
    if (content.order_id) {
        parcel.headers.emplace_back("updraft-order-id", std::move(content.order_id->value));
    }
    parcel.body = std::move(content.body);
    parcel.timeout = timeout;
    return parcel;
}

}  // namespace updraft::push
