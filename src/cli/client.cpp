#include "cli/client.h"

#include <curl/curl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "text/base64.h"
#include "text/hex.h"
#include "vocabulary/digest.h"
#include "vocabulary/named_file.h"
#include "vocabulary/version.h"

namespace updraft::cli {
namespace {

// A longer answer is refused: no working server sends one.
constexpr std::size_t answer_bytes_max = std::size_t{64} << 20;
constexpr std::size_t read_bytes = std::size_t{64} << 10;
constexpr long connect_timeout_ms = 10'000;
constexpr long stall_seconds = 60;
constexpr curl_off_t look_pause_us = 250'000;

struct CloseFile {
    void operator()(std::FILE* file) const {
        if (file != stdin) std::fclose(file);
    }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

Result<File> open_file(std::string const& path) {
    File file(path == "-" ? stdin : std::fopen(path.c_str(), "rb"));
    if (!file) {
        return fail(Errc::invalid,
                    path + " cannot be read: " + std::generic_category().message(errno));
    }
    // A directory can be opened as well, but not read.
    struct stat seen {};
    if (::fstat(::fileno(file.get()), &seen) == 0 && S_ISDIR(seen.st_mode)) {
        auto const name = path == "-" ? std::string("the standard input") : path;
        return fail(Errc::invalid, name + " cannot be read: it is a directory");
    }
    return file;
}

// The size of the file, or -1 when that is not known (a pipe).
std::int64_t bytes_in(std::FILE* file) {
    if (std::fseek(file, 0, SEEK_END) != 0) return -1;
    auto const bytes = std::ftell(file);
    std::rewind(file);
    return bytes;
}

std::size_t give(char* buffer, std::size_t size, std::size_t count, void* file) {
    auto* const source = static_cast<std::FILE*>(file);
    auto const got = std::fread(buffer, size, count, source);
    return std::ferror(source) != 0 ? CURL_READFUNC_ABORT : got;
}

std::size_t take(char* bytes, std::size_t size, std::size_t count, void* out) {
    auto& body = *static_cast<std::string*>(out);
    if (body.size() + size * count > answer_bytes_max) return 0;
    body.append(bytes, size * count);
    return size * count;
}

// Owns one transfer and its header list.
class Transfer {
public:
    Transfer() : curl_(curl_easy_init()) {}
    ~Transfer() {
        curl_slist_free_all(headers_);
        curl_easy_cleanup(curl_);
    }
    Transfer(Transfer const&) = delete;
    Transfer& operator=(Transfer const&) = delete;

    template <class T>
    void set(CURLoption option, T value) {
        curl_easy_setopt(curl_, option, value);
    }
    void header(std::string const& line) { headers_ = curl_slist_append(headers_, line.c_str()); }
    // Calls `on_sent` during perform(); it must live as long.
    void watch(std::function<void(Sent const&)> const& on_sent, std::int64_t total);
    [[nodiscard]] Result<int> perform();

private:
    static int look(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t sent);

    CURL* curl_;
    std::function<void(Sent const&)> const* on_sent_ = nullptr;
    std::int64_t total_ = -1;
    curl_off_t next_look_us_ = 0;
    curl_slist* headers_ = nullptr;
};

void Transfer::watch(std::function<void(Sent const&)> const& on_sent, std::int64_t total) {
    on_sent_ = &on_sent;
    total_ = total;
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &Transfer::look);
    set(CURLOPT_XFERINFODATA, this);
}

int Transfer::look(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t sent) {
    auto& transfer = *static_cast<Transfer*>(self);
    curl_off_t spent_us = 0;
    curl_off_t per_second = 0;
    curl_easy_getinfo(transfer.curl_, CURLINFO_TOTAL_TIME_T, &spent_us);
    curl_easy_getinfo(transfer.curl_, CURLINFO_SPEED_UPLOAD_T, &per_second);
    if (spent_us < transfer.next_look_us_) return 0;
    transfer.next_look_us_ = spent_us + look_pause_us;
    (*transfer.on_sent_)({.bytes = sent, .total = transfer.total_, .bytes_per_second = per_second});
    return 0;
}

Result<int> Transfer::perform() {
    std::array<char, CURL_ERROR_SIZE> why{};
    set(CURLOPT_ERRORBUFFER, why.data());
    set(CURLOPT_HTTPHEADER, headers_);
    auto const outcome = curl_easy_perform(curl_);
    if (outcome != CURLE_OK) {
        auto const* const text = why[0] != '\0' ? why.data() : curl_easy_strerror(outcome);
        return fail(Errc::unavailable, text);
    }
    long status = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
}

void set_body(Transfer& transfer, Call const& call, std::FILE* file) {
    transfer.set(CURLOPT_CUSTOMREQUEST, call.method.c_str());
    if (file != nullptr) {
        auto const bytes = bytes_in(file);
        transfer.set(CURLOPT_UPLOAD, 1L);
        transfer.set(CURLOPT_READFUNCTION, &give);
        transfer.set(CURLOPT_READDATA, file);
        if (bytes >= 0) transfer.set(CURLOPT_INFILESIZE_LARGE, curl_off_t{bytes});
        if (call.on_sent) transfer.watch(call.on_sent, bytes);
    } else if (call.method != "GET" && call.method != "DELETE") {
        transfer.set(CURLOPT_POSTFIELDS, call.body.c_str());
        transfer.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    }
}

std::string bytes_of_hex(std::string_view digits) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        auto const value = text::hex_value(digits[i]) * 16 + text::hex_value(digits[i + 1]);
        bytes += static_cast<char>(value);
    }
    return bytes;
}

}  // namespace

Result<Answer> carry_out(Endpoint const& endpoint, Call const& call) {
    TRY(may_take_token(endpoint));
    File file;
    if (!call.file.empty()) {
        TRY_ASSIGN(file, open_file(call.file));
    }
    // libcurl reads it for https only.
    if (!endpoint.ca_file.empty()) TRY(read_named_file(endpoint.ca_file));
    Answer answer;
    auto const url = endpoint.url + call.path;
    Transfer transfer;
    transfer.set(CURLOPT_URL, url.c_str());
    // The path is sent as it is: libcurl would resolve "..", which may be a did.
    transfer.set(CURLOPT_PATH_AS_IS, 1L);
    transfer.set(CURLOPT_PROTOCOLS_STR, "http,https");
    transfer.set(CURLOPT_FOLLOWLOCATION, 0L);
    // A proxy of the environment would see the token, and is never needed for this machine.
    if (is_loopback(endpoint.url)) transfer.set(CURLOPT_NOPROXY, "*");
    transfer.set(CURLOPT_NOSIGNAL, 1L);
    transfer.set(CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
    transfer.set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    transfer.set(CURLOPT_LOW_SPEED_TIME, stall_seconds);
    transfer.set(CURLOPT_WRITEFUNCTION, &take);
    transfer.set(CURLOPT_WRITEDATA, &answer.body);
    if (!endpoint.ca_file.empty()) transfer.set(CURLOPT_CAINFO, endpoint.ca_file.c_str());
    if (!endpoint.pinned_key.empty()) {
        // The key alone is compared; neither the issuer nor the name in the certificate matters.
        transfer.set(CURLOPT_SSL_VERIFYPEER, 0L);
        transfer.set(CURLOPT_SSL_VERIFYHOST, 0L);
        transfer.set(CURLOPT_PINNEDPUBLICKEY, endpoint.pinned_key.c_str());
    }
    if (!endpoint.token.empty()) {
        transfer.header("Authorization: Bearer " + endpoint.token.reveal());
    }
    transfer.header(std::string("User-Agent: updraft/") + program_version());
    transfer.header("Content-Type: " + call.content_type);
    for (auto const& line : call.headers) transfer.header(line);
    set_body(transfer, call, file.get());
    auto const status = transfer.perform();
    if (!status) {
        return fail(Errc::unavailable, endpoint.url + " cannot be asked: " + status.error().detail);
    }
    answer.status = *status;
    return answer;
}

Result<std::string> content_digest_of(std::string const& file) {
    TRY_ASSIGN(auto const source, open_file(file));
    DigestStream digests;
    std::string buffer(read_bytes, '\0');
    while (true) {
        auto const got = std::fread(buffer.data(), 1, buffer.size(), source.get());
        if (got == 0) break;
        digests.append(std::string_view(buffer).substr(0, got));
    }
    if (std::ferror(source.get()) != 0) return fail(Errc::invalid, file + " cannot be read");
    return "sha-256=:" + text::base64(bytes_of_hex(digests.finish().sha256)) + ":";
}

}  // namespace updraft::cli
