#include "keeping/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "blobdir/descriptor.h"
#include "vocabulary/digest.h"

namespace updraft::keeping {
namespace {

namespace fs = std::filesystem;
using blobdir::Descriptor;

tl::unexpected<Error> trouble(std::string const& tried, int number) {
    return fail(blobdir::disk_error(tried, number));
}

Result<Descriptor> opened(fs::path const& file) {
    auto descriptor = blobdir::open_to_read(file);
    if (descriptor) return descriptor;
    if (errno == ENOENT) return fail(Errc::not_found, "there is no file " + file.string());
    return trouble("open " + file.string(), errno);
}

// A new file that is removed again unless keep() is called.
class NewFile {
public:
    explicit NewFile(fs::path path)
        : path_(std::move(path)),
          file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {}
    ~NewFile() {
        if (file_ && !kept_) ::unlink(path_.c_str());
    }
    NewFile(NewFile const&) = delete;
    NewFile& operator=(NewFile const&) = delete;

    [[nodiscard]] Descriptor const& descriptor() const { return file_; }
    void keep() { kept_ = true; }

private:
    fs::path path_;
    Descriptor file_;
    bool kept_ = false;
};

fs::path folder_of(fs::path const& file) {
    auto folder = file.parent_path();
    return folder.empty() ? fs::path(".") : folder;
}

}  // namespace

Result<bool> is_there(fs::path const& path) {
    std::error_code failed;
    auto const type = fs::status(path, failed).type();
    if (type == fs::file_type::not_found) return false;
    if (type != fs::file_type::none) return true;
    return trouble("look at " + path.string(), failed.value());
}

// Returns the first error of `sink`, if there is one.
Result<void> read_whole(fs::path const& file, Sink const& sink) {
    TRY_ASSIGN(auto const from, opened(file));
    Result<void> done;
    TRY(blobdir::read_all(from, [&](std::string_view piece) {
        if (done) done = sink(piece);
    }));
    return done;
}

Result<FileSum> sum_of(Reading const& reading) {
    FileSum sum;
    DigestStream digests;
    TRY(reading([&](std::string_view piece) -> Result<void> {
        sum.bytes += static_cast<std::int64_t>(piece.size());
        digests.append(piece);
        return {};
    }));
    sum.sha256 = digests.finish().sha256;
    return sum;
}

Result<FileSum> sum_of_file(fs::path const& file) {
    return sum_of([&](Sink const& sink) { return read_whole(file, sink); });
}

Result<FileSum> keep_whole(Reading const& reading, fs::path const& to) {
    NewFile copy(to);
    if (!copy.descriptor()) return trouble("make " + to.string(), errno);
    TRY_ASSIGN(auto sum, sum_of([&](Sink const& count) {
                   return reading([&](std::string_view piece) -> Result<void> {
                       TRY(count(piece));
                       return blobdir::write_all(copy.descriptor(), piece);
                   });
               }));
    TRY(blobdir::flush(copy.descriptor()));
    copy.keep();
    return sum;
}

Result<FileSum> copy_whole(fs::path const& from, fs::path const& to) {
    return keep_whole([&](Sink const& sink) { return read_whole(from, sink); }, to);
}

Result<void> flush_file(fs::path const& file) {
    TRY_ASSIGN(auto const descriptor, opened(file));
    TRY(blobdir::flush(descriptor));
    return blobdir::flush_folder(folder_of(file));
}

Result<void> write_file(fs::path const& file, std::string_view content) {
    auto beside = file;
    beside += ".new";
    ::unlink(beside.c_str());
    NewFile fresh(beside);
    if (!fresh.descriptor()) return trouble("make " + beside.string(), errno);
    TRY(blobdir::write_all(fresh.descriptor(), content));
    TRY(blobdir::flush(fresh.descriptor()));
    if (::rename(beside.c_str(), file.c_str()) != 0) return trouble("name " + file.string(), errno);
    fresh.keep();
    return blobdir::flush_folder(folder_of(file));
}

Result<std::string> read_file(fs::path const& file, std::size_t bytes_max) {
    std::string content;
    TRY(read_whole(file, [&](std::string_view piece) -> Result<void> {
        if (content.size() + piece.size() > bytes_max) {
            return fail(Errc::too_large,
                        file.string() + " is larger than " + std::to_string(bytes_max) + " bytes");
        }
        content += piece;
        return {};
    }));
    return content;
}

Result<void> make_empty_folder(fs::path const& folder) {
    std::error_code failed;
    auto const above = folder.parent_path();
    if (!above.empty()) fs::create_directories(above, failed);
    if (failed) return trouble("make " + above.string(), failed.value());
    TRY(make_folder(folder));
    for (auto const& entry : fs::directory_iterator(folder, failed)) {
        if (entry.path().filename() == "lost+found") continue;
        return fail(Errc::conflict,
                    folder.string() + " is not empty: it has " + entry.path().filename().string());
    }
    if (failed) return trouble("look into " + folder.string(), failed.value());
    return {};
}

std::vector<fs::path> missing_folders(fs::path const& folder) {
    std::vector<fs::path> missing;
    std::error_code ignored;
    auto at = fs::absolute(folder, ignored).lexically_normal();
    if (!at.has_filename()) at = at.parent_path();  // "folder/".
    for (; !at.empty() && !fs::exists(at, ignored); at = at.parent_path()) missing.push_back(at);
    return missing;
}

void remove_empty_folders(std::span<fs::path const> folders) {
    for (auto const& folder : folders) ::rmdir(folder.c_str());
}

Result<void> make_folder(fs::path const& folder) {
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        return trouble("make " + folder.string(), errno);
    }
    return {};
}

Result<void> give_to_owner_of(fs::path const& model, fs::path const& tree) {
    struct stat owner {};
    if (::geteuid() != 0) return {};
    if (::stat(model.c_str(), &owner) != 0) return trouble("look at " + model.string(), errno);
    auto const give = [&](fs::path const& path) -> Result<void> {
        if (::lchown(path.c_str(), owner.st_uid, owner.st_gid) == 0) return {};
        return trouble("change the owner of " + path.string(), errno);
    };
    TRY(give(tree));
    std::error_code failed;
    for (auto const& entry : fs::recursive_directory_iterator(tree, failed)) {
        TRY(give(entry.path()));
    }
    if (failed) return trouble("look into " + tree.string(), failed.value());
    return {};
}

}  // namespace updraft::keeping
