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

#include "vocabulary/ids.h"
#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft {
enum class Touched : std::uint8_t;  // ports/store.h
}  // namespace updraft

namespace updraft::sqlstore {

// Text is only read during the call. Bytes (a digest) are stored as lower-case hex text.
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

// The rows of one query, read once, front to back. Destroyed before the session is used again.
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

    // True when there is a row to look at.
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

// Used by one thread at a time. SQL is what both databases understand
// (docs/architecture.md#the-store) with placeholders $1…$n; each text is prepared once and kept, so
// pass literals, not texts built anew. A row that a unique index refuses is Errc::conflict; a
// database that cannot be reached, or is full, is Errc::unavailable.
class Session {
public:
    virtual ~Session() = default;

    [[nodiscard]] virtual Result<Rows> query_params(std::string_view sql,
                                                    std::span<Param const> params) = 0;
    // Answers how many rows were changed.
    virtual Result<std::int64_t> execute_params(std::string_view sql,
                                                std::span<Param const> params) = 0;

    // Changes rows, for callers that need not know how many. Where a statement costs a network
    // round trip it is sent together with others; its error is then that of a later statement or of
    // the commit. `unless_changed`, when given, is the error when no row was changed.
    virtual Result<void> change_params(std::string_view sql, std::span<Param const> params,
                                       std::optional<Error> unless_changed) {
        TRY_ASSIGN(auto const changed, execute_params(sql, params));
        if (changed > 0 || !unless_changed) return {};
        return tl::unexpected<Error>(*std::move(unless_changed));
    }
    // A hint that this query follows soon (ports/prefetch.h).
    virtual void expect_params(std::string_view /*sql*/, std::span<Param const> /*params*/) {}

    // Many statements without parameters, in this database's own dialect: for migrations.
    virtual Result<void> script(std::string const& sql) = 0;

    // From this pool numbers of sequences are taken, so that not every number costs a network round
    // trip. Null where statements cost none.
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

    // Errc::corrupt when a column was not of the type that a rows object asked for, or null: stored
    // rows are corrupt, or the SQL is wrong. Answers the first such finding since the last call.
    [[nodiscard]] Result<void> take_mistype() {
        if (mistype_.empty()) return {};
        return fail(Errc::corrupt, std::exchange(mistype_, {}));
    }

    // What this transaction touched that a listener or a cache must learn after the commit: a bit
    // for each kind of `Touched`, and for each kind of cached rows (tables/caches.h).
    void touch(Touched what) { touch(1U << static_cast<std::uint32_t>(what)); }
    void touch(std::uint32_t bits) { touched_ |= bits; }
    [[nodiscard]] std::uint32_t take_touched() { return std::exchange(touched_, 0); }

protected:
    void note_mistype(std::string_view sql, int column, std::string_view wanted);

private:
    std::string mistype_;
    std::uint32_t touched_ = 0;
};

}  // namespace updraft::sqlstore
