#include "app/watch/journal.h"

#include <poll.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/sink.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "json/writer.h"
#include "text/utf8.h"

namespace updraft::app {
namespace {

// Further lines are dropped and counted when this many bytes wait, so that a terminal that has
// stopped does not block the server.
constexpr std::size_t waiting_bytes_max = std::size_t{4} << 20;
// How long lines are collected for one write.
constexpr std::chrono::milliseconds gathering{5};
// How long the end of the process waits for a reader that has stopped.
constexpr std::chrono::milliseconds write_timeout{1000};
// What a pipe that poll() calls writable is sure to take without blocking (PIPE_BUF).
constexpr std::size_t piece_bytes = 4096;

spdlog::level::level_enum level_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return spdlog::level::debug;
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::warn:
            return spdlog::level::warn;
        case LogLevel::error:
            return spdlog::level::err;
        case LogLevel::off:
            break;
    }
    return spdlog::level::off;
}

// A longer value is cut: a client must not fill the log by long paths.
constexpr std::size_t value_bytes_max = 512;

// Calls `append` with the value, or with its beginning and its length in bytes.
template <class Append>
void append_bounded(std::string_view text, Append const& append) {
    if (text.size() <= value_bytes_max) return append(text);
    std::string cut(text::cut_between_characters(text, value_bytes_max));
    cut += "... (cut, " + std::to_string(text.size()) + " bytes)";
    append(cut);
}

// Appends a value as in logfmt: in quotes if it is empty, or has a space, a quote, '=', a backslash
// or a character that is not printable ASCII.
void append_plain(std::string& out, std::string_view text) {
    auto const plain = !text.empty() && text.find_first_of(" =\"\\") == std::string_view::npos &&
                       std::none_of(text.begin(), text.end(), [](char letter) {
                           auto const byte = static_cast<unsigned char>(letter);
                           return byte < 0x20 || byte >= 0x7f;
                       });
    if (plain) {
        out += text;
    } else {
        json::append_string(out, text);
    }
}

void append_text_line(std::string& out, std::string_view event, std::initializer_list<Note> notes) {
    out += event;
    for (auto const& note : notes) {
        ((out += ' ') += note.name) += '=';
        if (auto const* number = std::get_if<std::int64_t>(&note.value)) {
            out += std::to_string(*number);
        } else {
            append_bounded(std::get<std::string_view>(note.value),
                           [&](std::string_view text) { append_plain(out, text); });
        }
    }
}

void append_json_line(std::string& out, std::string_view event, std::initializer_list<Note> notes) {
    out += "\"event\":";
    json::append_string(out, event);
    for (auto const& note : notes) {
        out += ',';
        json::append_string(out, note.name);
        out += ':';
        if (auto const* number = std::get_if<std::int64_t>(&note.value)) {
            out += std::to_string(*number);
        } else {
            append_bounded(std::get<std::string_view>(note.value),
                           [&](std::string_view text) { json::append_string(out, text); });
        }
    }
}

}  // namespace

// Collects formatted lines and writes them in batches on a thread of its own, so that callers never
// wait for the terminal.
class Journal::Batches final : public spdlog::sinks::sink {
public:
    explicit Batches(int descriptor) : descriptor_(descriptor), writer_([this] { write_on(); }) {}
    ~Batches() override {
        {
            std::lock_guard const lock(mutex_);
            ending_ = true;
        }
        wanted_.notify_one();
        writer_.join();
    }
    Batches(Batches const&) = delete;
    Batches& operator=(Batches const&) = delete;

    void log(spdlog::details::log_msg const& message) override {
        std::lock_guard const lock(mutex_);
        if (waiting_.size() >= waiting_bytes_max) {
            ++dropped_;
            ++dropped_in_all_;
            return;
        }
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        auto const urgent = message.level >= spdlog::level::warn && !urgent_;
        auto const wake = waiting_.empty() || urgent;
        urgent_ = urgent_ || urgent;
        waiting_.append(line.data(), line.size());
        if (wake) wanted_.notify_one();
    }
    void flush() override {}
    [[nodiscard]] std::uint64_t dropped() const { return dropped_in_all_; }
    void set_pattern(std::string const& pattern) override {
        set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern));
    }
    void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override {
        std::lock_guard const lock(mutex_);
        formatter_ = std::move(formatter);
    }

private:
    void write_on() {
        std::string batch;
        std::unique_lock lock(mutex_);
        while (true) {
            wanted_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
            wanted_.wait_for(lock, gathering, [this] { return ending_ || urgent_; });
            auto const last = ending_.load();
            if (dropped_ > 0) {
                waiting_ += "lines dropped because they were not read fast enough: " +
                            std::to_string(dropped_) + "\n";
            }
            dropped_ = 0;
            urgent_ = false;
            batch.swap(waiting_);
            lock.unlock();
            write_out(batch);
            batch.clear();
            if (last) return;
            lock.lock();
        }
    }

    void write_out(std::string_view bytes) const {
        while (!bytes.empty()) {
            pollfd writable{.fd = descriptor_, .events = POLLOUT, .revents = 0};
            auto const ready = ::poll(&writable, 1, static_cast<int>(write_timeout.count()));
            if (ready == 0 && ending_) return;
            if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
            auto const piece = std::min(bytes.size(), piece_bytes);
            auto const written = ::write(descriptor_, bytes.data(), piece);
            if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
            if (written <= 0) return;  // stderr is closed.
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }

    int descriptor_;
    std::mutex mutex_;
    std::condition_variable wanted_;
    std::unique_ptr<spdlog::formatter> formatter_;
    std::string waiting_;
    std::size_t dropped_ = 0;  // Since the last batch.
    std::atomic<std::uint64_t> dropped_in_all_ = 0;
    bool urgent_ = false;
    std::atomic<bool> ending_ = false;
    std::thread writer_;  // Last: it uses all the others.
};

// Keeps spdlog out of our header.
struct Journal::Line {
    spdlog::logger logger;
};

Journal::Journal(LogLevel least, LogFormat format) : Journal(least, format, STDERR_FILENO) {}

Journal::Journal(LogLevel least, LogFormat format, int descriptor)
    : least_(least),
      format_(format),
      batches_(std::make_shared<Batches>(descriptor)),
      line_(new Line{spdlog::logger("updraft", batches_)}) {
    line_->logger.set_level(level_of(least));
    auto const* const pattern = format == LogFormat::json
                                    ? R"({"at":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                    : "%Y-%m-%dT%H:%M:%S.%eZ %-7l %v";
    line_->logger.set_formatter(
        std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
}

Journal::~Journal() = default;

std::uint64_t Journal::dropped() const { return batches_->dropped(); }

void Journal::write(LogLevel level, std::string_view event, std::initializer_list<Note> notes) {
    if (!wants(level)) return;
    thread_local std::string line;
    line.clear();
    if (format_ == LogFormat::json) {
        append_json_line(line, event, notes);
    } else {
        append_text_line(line, event, notes);
    }
    line_->logger.log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace updraft::app
