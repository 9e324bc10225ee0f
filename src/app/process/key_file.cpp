#include "app/process/key_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "blobdir/descriptor.h"
#include "text/hex.h"
#include "vocabulary/digest.h"
#include "vocabulary/secret_file.h"

namespace updraft::app {
namespace {

constexpr std::size_t token_characters_min = 32;
constexpr std::string_view blank = " \t\r\n";

tl::unexpected<Error> system_trouble(std::string const& path, char const* what, int error) {
    return fail(Errc::unavailable,
                path + " " + what + ": " + std::generic_category().message(error));
}

using blobdir::Descriptor;

Result<void> write_durably(std::string const& path, std::string_view content) {
    Descriptor const file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.number() < 0) return system_trouble(path, "cannot be made", errno);
    // An older file of that name may have had wider permissions.
    if (::fchmod(file.number(), 0600) != 0) return system_trouble(path, "cannot be closed", errno);
    auto const written = ::write(file.number(), content.data(), content.size());
    if (written < 0) return system_trouble(path, "cannot be written", errno);
    if (static_cast<std::size_t>(written) != content.size()) {
        return fail(Errc::unavailable, path + " cannot be written: no space left");
    }
    if (::fsync(file.number()) != 0) return system_trouble(path, "cannot be made durable", errno);
    return {};
}

// Writes a file that is complete or absent under its name, also after a power loss.
Result<void> put_secret_file(std::string const& path, std::string_view content) {
    auto const beside = path + ".new";
    if (auto written = write_durably(beside, content); !written) {
        ::unlink(beside.c_str());
        return written;
    }
    if (::rename(beside.c_str(), path.c_str()) != 0) {
        auto const error = errno;
        ::unlink(beside.c_str());
        return system_trouble(path, "cannot be made", error);
    }
    auto folder = std::filesystem::path(path).parent_path().string();
    if (folder.empty()) folder = ".";
    Descriptor const opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.number() < 0 || ::fsync(opened.number()) != 0) {
        return system_trouble(folder, "cannot be made durable", errno);
    }
    return {};
}

bool is_one_word(std::string const& text) {
    return !text.empty() && text.find_first_of(blank) == std::string::npos;
}

int hex_digit(char letter) {
    if (letter >= '0' && letter <= '9') return letter - '0';
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    return -1;
}

}  // namespace

Result<DataDir> DataDir::hold(std::string path) {
    std::error_code trouble;
    auto const parent = std::filesystem::path(path).parent_path();
    if (!parent.empty()) std::filesystem::create_directories(parent, trouble);
    if (trouble) return system_trouble(parent.string(), "cannot be made", trouble.value());
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
        return system_trouble(path, "cannot be made", errno);
    }
    auto const descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return system_trouble(path, "cannot be opened", errno);
    DataDir held(std::move(path), descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return system_trouble(held.path_, "cannot be locked", errno);
        return fail(Errc::conflict,
                    "another server is running on the data directory " + held.path_);
    }
    return held;
}

DataDir::DataDir(DataDir&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

DataDir::~DataDir() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::optional<Secret>> read_key_file(std::string const& path) {
    TRY_ASSIGN(auto const held, read_secret_file(path));
    if (!held) return std::nullopt;
    auto const& digits = held->reveal();
    std::string key;
    auto fits = digits.size() == 2 * secret_key_bytes;
    for (std::size_t i = 0; fits && i < digits.size(); i += 2) {
        auto const high = hex_digit(digits[i]);
        auto const low = hex_digit(digits[i + 1]);
        fits = high >= 0 && low >= 0;
        key += static_cast<char>(high * 16 + low);
    }
    if (!fits) {
        return fail(Errc::corrupt, path + " is no secrets key: it must hold " +
                                       std::to_string(2 * secret_key_bytes) +
                                       " hexadecimal digits");
    }
    return Secret(std::move(key));
}

Result<Secret> make_key_file(std::string const& path, IdSource& id_source) {
    std::array<std::uint8_t, secret_key_bytes> raw{};
    id_source.fill(raw);
    std::string key(raw.begin(), raw.end());
    TRY(put_secret_file(path, text::hex(key) + "\n"));
    return Secret(std::move(key));
}

Result<std::optional<Secret>> read_token_file(std::string const& path) {
    TRY_ASSIGN(auto token, read_secret_file(path));
    if (!token) return std::nullopt;
    if (token->reveal().size() < token_characters_min || !is_one_word(token->reveal())) {
        return fail(Errc::corrupt, path + " is no admin token: it must hold one word of at least " +
                                       std::to_string(token_characters_min) + " characters");
    }
    return token;
}

Result<Secret> make_token_file(std::string const& path, IdSource& id_source) {
    Secret token(id_source.token());
    TRY(put_token_file(path, token));
    return token;
}

Result<void> put_token_file(std::string const& path, Secret const& token) {
    return put_secret_file(path, token.reveal() + "\n");
}

Result<Secret> read_secret_key(std::string const& path) {
    auto const named = [](std::string const& what) {
        return "[firmware] secret_key_file: " + what;
    };
    auto word = read_secret_file(path);
    if (!word) return fail(word.error().code, named(word.error().detail));
    if (!*word) return fail(Errc::unavailable, named(path + " is missing"));
    if (!is_one_word((*word)->reveal())) {
        return fail(Errc::invalid, named(path + " must hold one word, the secret key"));
    }
    return **std::move(word);
}

}  // namespace updraft::app
