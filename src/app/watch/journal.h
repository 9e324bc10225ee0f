// The log: one line for each event, on stderr, as text or as JSON.
//
// Lives here: events with named fields, written in batches. No overload takes a Secret, so that no
//             secret is logged.
//
// Not here:   counting (app/watch/metrics.h).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "app/settings/setting_values.h"
#include "vocabulary/result.h"

namespace updraft::app {

// One named value of an event. Text need not outlive the call.
struct Note {
    Note(std::string_view note_name, std::string_view text) : name(note_name), value(text) {}
    Note(std::string_view note_name, std::string const& text)
        : name(note_name), value(std::string_view(text)) {}
    Note(std::string_view note_name, char const* text)
        : name(note_name), value(std::string_view(text)) {}
    Note(std::string_view note_name, std::int64_t number) : name(note_name), value(number) {}
    Note(std::string_view note_name, int number) : name(note_name), value(std::int64_t{number}) {}

    std::string_view name;
    std::variant<std::string_view, std::int64_t> value;
};

// Safe to use from any thread; never waits for the reader of stderr. Lines are written in batches,
// so that a busy server does not make a system call for each: debug and info up to 5 ms later, warn
// and error at once.
class Journal {
public:
    Journal(LogLevel least, LogFormat format);
    // Into `descriptor` instead of stderr.
    Journal(LogLevel least, LogFormat format, int descriptor);
    // Writes the lines that are waiting.
    ~Journal();
    Journal(Journal const&) = delete;
    Journal& operator=(Journal const&) = delete;

    // False: write() would ignore the line. Call this first where making the notes is costly.
    [[nodiscard]] bool wants(LogLevel level) const { return level >= least_; }
    // Lines that were dropped because stderr was not read fast enough.
    [[nodiscard]] std::uint64_t dropped() const;
    // Texts of notes are cut to 512 bytes, between two characters and with their length, and
    // characters that are unsafe on a terminal are escaped.
    // `event` is a few fixed words: "request", "listening", "cannot start".
    void write(LogLevel level, std::string_view event, std::initializer_list<Note> notes = {});

    void debug(std::string_view event, std::initializer_list<Note> notes = {}) {
        write(LogLevel::debug, event, notes);
    }
    void info(std::string_view event, std::initializer_list<Note> notes = {}) {
        write(LogLevel::info, event, notes);
    }
    void warn(std::string_view event, std::initializer_list<Note> notes = {}) {
        write(LogLevel::warn, event, notes);
    }
    void error(std::string_view event, std::initializer_list<Note> notes = {}) {
        write(LogLevel::error, event, notes);
    }

private:
    class Batches;
    struct Line;

    LogLevel least_;
    LogFormat format_;
    std::shared_ptr<Batches> batches_;
    std::unique_ptr<Line> line_;
};

}  // namespace updraft::app
