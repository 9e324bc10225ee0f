// What operators read: one line an event, on stderr, as text or as JSON.
//
// Lives here: events with named fields; what is written at once and what in batches.
// Not here:   counting (app/metrics.h). Secrets are never given to it: Secret has no way in.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "app/setting_values.h"
#include "vocabulary/result.h"

namespace updraft::app {

// One named value of an event. Text is only looked at during the call.
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

// Safe to call from any thread; never waits for whoever reads. Lines are written in batches, so
// that a busy server pays no system call for each: debug and info a few milliseconds later, warn
// and error at once.
class Journal {
public:
    Journal(LogLevel least, LogFormat format);
    // Into `descriptor` instead of stderr.
    Journal(LogLevel least, LogFormat format, int descriptor);
    // Writes what is waiting.
    ~Journal();
    Journal(Journal const&) = delete;
    Journal& operator=(Journal const&) = delete;

    // Ask first where making the notes costs something.
    [[nodiscard]] bool wants(LogLevel level) const { return level >= least_; }
    // Lines that were dropped because nobody read them fast enough.
    [[nodiscard]] std::uint64_t dropped() const;
    // `event` is a few fixed words: "request", "listening", "store is full".
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
