#include "firmware/intake.h"

#include "firmware/inspect.h"
#include "vocabulary/ascii.h"
#include "vocabulary/base64.h"

namespace updraft::firmware {
namespace {

// The next member of a dictionary of structured fields (RFC 8941), taken off `rest`. A byte
// sequence holds no comma, so a comma always ends a member.
std::string_view next_member(std::string_view& rest) {
    auto const end = rest.find(',');
    auto const member = trimmed(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return member;
}

}  // namespace

Result<std::optional<std::string>> claimed_sha256(std::string_view field,
                                                  std::string_view field_name) {
    auto const wrong = [&] {
        return fail(Errc::invalid,
                    std::string(field_name) + " must look like sha-256=:<base 64 of 32 bytes>:");
    };
    std::optional<std::string> claimed;
    for (auto rest = field; !rest.empty();) {
        auto const member = next_member(rest);
        auto const equals = member.find('=');
        if (member.empty() || equals == std::string_view::npos) return wrong();
        if (member.substr(0, equals) != "sha-256") continue;
        auto value = member.substr(equals + 1);
        value = trimmed(value.substr(0, value.find(';')));  // Parameters mean nothing to us.
        if (value.size() < 2 || value.front() != ':' || value.back() != ':') return wrong();
        auto const digest = read_base64(value.substr(1, value.size() - 2));
        if (!digest || digest->size() != std::tuple_size_v<Sha256>) return wrong();
        claimed = hex(*digest);
    }
    return claimed;
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
        auto const got = blob_->look(offset, into);
        if (!got) trouble = tl::unexpected(got.error());
        return got.value_or(0);
    });
    auto const image = inspect(file);
    TRY(trouble);
    return written(image);
}

}  // namespace updraft::firmware
