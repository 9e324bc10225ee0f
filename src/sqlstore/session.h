// One connection to a database: the interface between our SQL and the two drivers.
//
// Lives here: parameters, rows, statements, and errors as values.
// Not here:   SQLite (sqlite/session), PostgreSQL (postgres/session), SQL (tables/*_rows.cpp).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "ports/audit_table.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft {
enum class Touched : std::uint8_t;  // ports/store.h
}  // namespace updraft

namespace updraft::sqlstore {

// A parameter of a statement. Text is not copied: it must live until the call returns. Digests are
// stored as lower-case hex text (tables/digest_column.h).
class Param {
public:
    Param(std::nullptr_t) {}
    Param(std::int64_t number) : value_(number) {}
    Param(int number) : value_(std::int64_t{number}) {}
    Param(bool truth) : value_(std::int64_t{truth ? 1 : 0}) {}
    Param(Instant at) : value_(at.ms) {}
    Param(std::string_view text) : value_(text) {}
    Param(std::string const& text) : value_(std::string_view(text)) {}
    Param(char const* text) : value_(std::string_view(text)) {}
    template <class Tag>
    Param(Name<Tag> const& name) : value_(std::string_view(name.value)) {}
    template <class Tag>
    Param(Number<Tag> number) : value_(number.value) {}
    template <class T>
    Param(std::optional<T> const& maybe) {
        if (maybe) value_ = Param(*maybe).value_;
    }

    [[nodiscard]] std::variant<std::monostate, std::int64_t, std::string_view> const& value()
        const {
        return value_;
    }

private:
    std::variant<std::monostate, std::int64_t, std::string_view> value_;
};

// The rows of one query, read once, in order. Must be destroyed before the session is used again.
class Rows {
public:
    class Source {
    public:
        virtual ~Source() = default;
        virtual Result<bool> next() = 0;
        virtual bool is_null(int column) const = 0;
        virtual std::int64_t number(int column) const = 0;
        virtual std::string_view text(int column) const = 0;
    };
    explicit Rows(std::unique_ptr<Source> source) : source_(std::move(source)) {}

    // Moves to the next row. False when there is none.
    [[nodiscard]] Result<bool> next() { return source_->next(); }
    // Columns count from 0. Views are valid until next().
    [[nodiscard]] bool is_null(int column) const { return source_->is_null(column); }
    [[nodiscard]] std::int64_t number(int column) const { return source_->number(column); }
    [[nodiscard]] bool truth(int column) const { return number(column) != 0; }
    [[nodiscard]] Instant instant(int column) const { return {number(column)}; }
    [[nodiscard]] std::string_view text(int column) const { return source_->text(column); }
    template <class Id>
    [[nodiscard]] Id name(int column) const {
        return Id{std::string(text(column))};
    }
    template <class Id>
    [[nodiscard]] Id id(int column) const {
        return Id{number(column)};
    }
    [[nodiscard]] std::optional<std::int64_t> maybe_number(int column) const {
        if (is_null(column)) return std::nullopt;
        return number(column);
    }
    [[nodiscard]] std::optional<Instant> maybe_instant(int column) const {
        if (is_null(column)) return std::nullopt;
        return instant(column);
    }
    [[nodiscard]] std::optional<std::string> maybe_text(int column) const {
        if (is_null(column)) return std::nullopt;
        return std::string(text(column));
    }
    template <class Id>
    [[nodiscard]] std::optional<Id> maybe_name(int column) const {
        if (is_null(column)) return std::nullopt;
        return name<Id>(column);
    }
    template <class Id>
    [[nodiscard]] std::optional<Id> maybe_id(int column) const {
        if (is_null(column)) return std::nullopt;
        return id<Id>(column);
    }

private:
    std::unique_ptr<Source> source_;
};

class NumberPool;

// Used by one thread at a time. SQL texts must be valid for both databases
// (docs/architecture.md#the-store) and have placeholders $1…$n. Each text is prepared once and
// kept, so pass literals, not texts that are built at run time. Errc::conflict when a unique index
// refuses a row; Errc::unavailable when the database cannot be reached, or is full.
class Session {
public:
    virtual ~Session() = default;

    [[nodiscard]] virtual Result<Rows> query_params(std::string_view sql,
                                                    std::span<Param const> params) = 0;
    // Answers the number of changed rows.
    virtual Result<std::int64_t> execute_params(std::string_view sql,
                                                std::span<Param const> params) = 0;

    // Changes rows without answering their number. On PostgreSQL the statement is sent later,
    // together with others, to save a network round trip; its error is then returned by a later
    // statement or by the commit. `unless_changed`, when given, is the error when no row was
    // changed.
    virtual Result<void> change_params(std::string_view sql, std::span<Param const> params,
                                       std::optional<Error> unless_changed) {
        TRY_ASSIGN(auto const changed, execute_params(sql, params));
        if (changed > 0 || !unless_changed) return {};
        return tl::unexpected<Error>(*std::move(unless_changed));
    }
    // A hint that this query will follow (ports/prefetch.h).
    virtual void expect_params(std::string_view /*sql*/, std::span<Param const> /*params*/) {}

    // Runs several statements without parameters, in this database's own dialect: for migrations.
    virtual Result<void> script(std::string const& sql) = 0;

    // The pool of numbers of sequences, which saves network round trips. Null when statements cost
    // no round trip.
    [[nodiscard]] virtual NumberPool* numbers() { return nullptr; }

    template <class... Args>
    [[nodiscard]] Result<Rows> query(std::string_view sql, Args const&... args) {
        std::array<Param, sizeof...(Args)> const params{Param(args)...};
        return query_params(sql, params);
    }
    template <class... Args>
    Result<void> change(std::string_view sql, Args const&... args) {
        std::array<Param, sizeof...(Args)> const params{Param(args)...};
        return change_params(sql, params, std::nullopt);
    }
    template <class... Args>
    Result<void> change_or(Error otherwise, std::string_view sql, Args const&... args) {
        std::array<Param, sizeof...(Args)> const params{Param(args)...};
        return change_params(sql, params, std::move(otherwise));
    }
    template <class... Args>
    void expect(std::string_view sql, Args const&... args) {
        std::array<Param, sizeof...(Args)> const params{Param(args)...};
        expect_params(sql, params);
    }
    template <class... Args>
    Result<std::int64_t> execute(std::string_view sql, Args const&... args) {
        std::array<Param, sizeof...(Args)> const params{Param(args)...};
        return execute_params(sql, params);
    }

    // Errc::corrupt when a column was null or had another type than the one that was read: stored
    // rows are corrupt, or the SQL is wrong. Reports the first such column since the last call.
    [[nodiscard]] Result<void> take_mistype() {
        if (mistype_.empty()) return {};
        return fail(Errc::corrupt, std::exchange(mistype_, {}));
    }

    // The kinds of rows that this transaction changed, for listeners and caches after the commit: a
    // bit for each kind of `Touched`, and for each kind of cached rows (tables/caches.h).
    void touch(Touched what) { touch(1U << static_cast<std::uint32_t>(what)); }
    void touch(std::uint32_t bits) { touched_ |= bits; }
    [[nodiscard]] std::uint32_t take_touched() { return std::exchange(touched_, 0); }

    // The entries that this transaction added to the audit, for the listener after the commit.
    void note_audit(AuditEntry entry) { audited_.push_back(std::move(entry)); }
    [[nodiscard]] std::vector<AuditEntry> take_audited() { return std::exchange(audited_, {}); }

protected:
    void note_mistype(std::string_view sql, int column, std::string_view wanted);

private:
    std::string mistype_;
    std::uint32_t touched_ = 0;
    std::vector<AuditEntry> audited_;
};

}  // namespace updraft::sqlstore
