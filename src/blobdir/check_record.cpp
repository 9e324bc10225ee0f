#include "blobdir/check_record.h"

#include <fstream>
#include <string>

namespace updraft::blobdir {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;

}  // namespace

bool CheckRecord::describes(struct stat const& status) const {
    auto const now = record_of(status, checked_at);
    return now.bytes == bytes && now.modified_ns == modified_ns;
}

CheckRecord record_of(struct stat const& status, Instant checked_at) {
    return {.bytes = status.st_size,
            .modified_ns = status.st_mtim.tv_sec * ns_per_second + status.st_mtim.tv_nsec,
            .checked_at = checked_at};
}

std::optional<CheckRecord> read_record(std::filesystem::path const& file) {
    std::ifstream in(file);
    CheckRecord record;
    if (!(in >> record.bytes >> record.modified_ns >> record.checked_at.ms)) return std::nullopt;
    return record;
}

Result<void> write_record(std::filesystem::path const& file, CheckRecord const& record) {
    auto aside = file;
    aside += ".new";
    std::error_code failed;
    {
        std::ofstream out(aside, std::ios::trunc);
        out << record.bytes << ' ' << record.modified_ns << ' ' << record.checked_at.ms << '\n';
        out.close();
        if (!out) {
            std::filesystem::remove(aside, failed);
            return fail(Errc::unavailable, "cannot write " + aside.string());
        }
    }
    std::filesystem::rename(aside, file, failed);
    if (failed) return fail(Errc::unavailable, "cannot write " + file.string());
    return {};
}

}  // namespace updraft::blobdir
