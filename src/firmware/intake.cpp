#include "firmware/intake.h"

#include "firmware/inspect.h"
#include "text/base64.h"
#include "text/hex.h"
#include "vocabulary/ascii.h"

namespace updraft::firmware {
namespace {

// Removes the next member of a structured-field dictionary (RFC 8941) from `rest` and returns it. A
// byte sequence contains no comma, so a comma always ends a member.
std::string_view next_member(std::string_view& rest) {
    auto const end = rest.find(',');
    auto const member = trimmed(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return member;
}

}  // namespace

Result<std::string> claimed_sha256(std::string_view field, std::string_view field_name) {
    auto const wrong = [&] {
        return fail(Errc::invalid, std::string(field_name) +
                                       " must have a digest that is checked, such as "
                                       "sha-256=:<base 64 of 32 bytes>:");
    };
    std::optional<std::string> claimed;
    for (auto rest = field; !rest.empty();) {
        auto const member = next_member(rest);
        auto const equals = member.find('=');
        if (member.empty() || equals == std::string_view::npos) return wrong();
        if (member.substr(0, equals) != "sha-256") continue;
        auto value = member.substr(equals + 1);
        value = trimmed(value.substr(0, value.find(';')));  // Parameters are ignored.
        if (value.size() < 2 || value.front() != ':' || value.back() != ':') return wrong();
        auto const digest = text::read_base64(value.substr(1, value.size() - 2));
        if (!digest || digest->size() != std::tuple_size_v<Sha256>) return wrong();
        auto const one = text::hex(*digest);
        if (claimed && *claimed != one) {
            return fail(Errc::invalid,
                        std::string(field_name) + " has two sha-256 that contradict each other");
        }
        claimed = one;
    }
    if (!claimed) return wrong();
    return *std::move(claimed);
}

Result<std::unique_ptr<Intake>> Intake::begin(Blobs& blobs, std::int64_t bytes_max,
                                              std::optional<std::string> claimed) {
    TRY_ASSIGN(auto blob, blobs.begin(bytes_max));
    return std::unique_ptr<Intake>(new Intake(std::move(blob), std::move(claimed)));
}

Result<void> Intake::append(std::string_view bytes) { return blob_->append(bytes); }

Result<Artifact> Intake::finish() {
    auto const& described = blob_->described();
    if (described.bytes == 0) return fail(Errc::invalid, "file: it is empty");
    if (claimed_ && *claimed_ != described.digests.sha256) {
        return fail(Errc::invalid, "file: its sha-256 is " + described.digests.sha256 +
                                       ", but the digest field says " + *claimed_);
    }
    TRY_ASSIGN(auto image, said_of_itself());
    TRY_ASSIGN(auto artifact, blob_->finish());
    artifact.image = std::move(image);
    return artifact;
}

Result<std::string> Intake::said_of_itself() {
    Result<void> trouble;
    Peek file(blob_->described().bytes, [&](std::int64_t offset, std::span<char> into) {
        auto got = blob_->look(offset, into);
        if (!got) trouble = pass(got);
        return got.value_or(0);
    });
    auto const image = inspect(file);
    TRY(trouble);
    return image_json(image);
}

}  // namespace updraft::firmware
