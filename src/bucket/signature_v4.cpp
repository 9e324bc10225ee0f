#include "bucket/signature_v4.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <new>

#include "text/hex.h"
#include "text/percent.h"
#include "vocabulary/digest.h"

namespace updraft::bucket {
namespace {

constexpr std::size_t rfc3339_seconds = 19;  // Length of "2013-05-24T00:00:00".
constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

std::string hmac(std::string_view key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned length = 0;
    std::vector<unsigned char> const bytes(text.begin(), text.end());
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes.data(), bytes.size(),
             raw.data(), &length) == nullptr) {
        throw std::bad_alloc();
    }
    return {raw.begin(), raw.begin() + length};
}

// "20130524T000000Z"; the first eight characters are the day.
std::string compact(Instant at) {
    std::string moment;
    for (auto const c : rfc3339(at).substr(0, rfc3339_seconds)) {
        if (c != '-' && c != ':') moment += c;
    }
    return moment += 'Z';
}

std::string scope(std::string const& moment, Credentials const& credentials) {
    return moment.substr(0, 8) + "/" + credentials.region + "/s3/aws4_request";
}

std::string encoded_query(Pairs const& query) {
    Pairs encoded;
    for (auto const& [name, value] : query) {
        encoded.emplace_back(text::percent_encoded(name), text::percent_encoded(value));
    }
    std::ranges::sort(encoded);
    std::string text;
    for (auto const& [name, value] : encoded) {
        if (!text.empty()) text += '&';
        text += name + "=" + value;
    }
    return text;
}

std::string names_of(Pairs const& headers) {
    std::string names;
    for (auto const& [name, value] : headers) names += (names.empty() ? "" : ";") + name;
    return names;
}

void add_host(SignAsk& ask) {
    ask.headers.emplace_back("host", ask.host);
    std::ranges::sort(ask.headers);
}

// `ask.headers` are sorted and contain "host".
std::string signature(SignAsk const& ask, std::string const& moment,
                      Credentials const& credentials) {
    std::string canonical(ask.method);
    canonical += "\n" + text::percent_encoded(ask.path, text::Slash::stays) + "\n" +
                 encoded_query(ask.query) + "\n";
    for (auto const& [name, value] : ask.headers) canonical.append(name + ":" + value + "\n");
    canonical += "\n" + names_of(ask.headers) + "\n";
    canonical += ask.payload;

    std::string to_sign(algorithm);
    to_sign += "\n" + moment + "\n" + scope(moment, credentials) + "\n" + sha256_hex(canonical);
    auto key = hmac("AWS4" + credentials.secret_key.reveal(), moment.substr(0, 8));
    for (auto const* piece : {credentials.region.c_str(), "s3", "aws4_request"}) {
        key = hmac(key, piece);
    }
    return text::hex(hmac(key, to_sign));
}

}  // namespace

std::string target_of(SignAsk const& ask) {
    auto target = text::percent_encoded(ask.path, text::Slash::stays);
    if (!ask.query.empty()) target += "?" + encoded_query(ask.query);
    return target;
}

Pairs signed_fields(SignAsk ask, Credentials const& credentials, Instant now) {
    auto const moment = compact(now);
    Pairs fields{{"x-amz-content-sha256", std::string(ask.payload)}, {"x-amz-date", moment}};
    ask.headers.insert(ask.headers.end(), fields.begin(), fields.end());
    add_host(ask);
    std::string authorization(algorithm);
    authorization += " Credential=" + credentials.access_key + "/" + scope(moment, credentials);
    authorization += ",SignedHeaders=" + names_of(ask.headers);
    authorization += ",Signature=" + signature(ask, moment, credentials);
    fields.emplace_back("authorization", std::move(authorization));
    return fields;
}

std::string signed_target(SignAsk ask, Credentials const& credentials, Instant now,
                          std::chrono::seconds ttl) {
    auto const moment = compact(now);
    add_host(ask);
    ask.query.emplace_back("X-Amz-Algorithm", algorithm);
    ask.query.emplace_back("X-Amz-Credential",
                           credentials.access_key + "/" + scope(moment, credentials));
    ask.query.emplace_back("X-Amz-Date", moment);
    ask.query.emplace_back("X-Amz-Expires", std::to_string(ttl.count()));
    ask.query.emplace_back("X-Amz-SignedHeaders", names_of(ask.headers));
    auto const signed_with = signature(ask, moment, credentials);
    return target_of(ask) + "&X-Amz-Signature=" + signed_with;
}

}  // namespace updraft::bucket
