// Records acts of operators, and of the server itself, in the transaction of the act.
//
// Lives here: an act as the use cases describe it, the changes of its fields, and adding its row.
//
// Not here:   the row itself (ports/audit_table.h), refused calls (audit/denials.h), reading the
//             audit (admin/audit.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/actor.h"
#include "ports/store.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft::audit {

// A value as JSON text, for Changes.
[[nodiscard]] std::string written(std::string_view text);
[[nodiscard]] inline std::string written(std::string const& text) {
    return written(std::string_view(text));
}
[[nodiscard]] inline std::string written(char const* text) {
    return written(std::string_view(text));
}
[[nodiscard]] inline std::string written(bool truth) { return truth ? "true" : "false"; }
[[nodiscard]] inline std::string written(std::int64_t number) { return std::to_string(number); }
[[nodiscard]] inline std::string written(int number) { return std::to_string(number); }
[[nodiscard]] std::string written(Instant at);
[[nodiscard]] std::string written(std::vector<std::string> const& texts);
[[nodiscard]] inline std::string written(std::nullptr_t) { return "null"; }
[[nodiscard]] inline std::string written(std::nullopt_t) { return "null"; }
template <class Tag>
[[nodiscard]] std::string written(Name<Tag> const& name) {
    return written(std::string_view(name.value));
}
template <class T>
[[nodiscard]] std::string written(std::optional<T> const& maybe) {
    return maybe ? written(*maybe) : std::string("null");
}

// What stands for a secret, before and after its change.
inline constexpr std::string_view secret_mark = "•";

// The fields that an act changed, in order. At most changes_bytes_max bytes are kept: a longer text
// is cut, and fields that do not fit are left out.
class Changes {
public:
    // Adds the field if its values differ. A field of an object that is made had the old value
    // nullptr.
    template <class Old, class New>
    Changes& add(std::string_view field, Old const& before, New const& after) {
        return add_json(field, written(before), written(after));
    }
    // A secret was made (`before` false) or replaced.
    Changes& add_secret(std::string_view field, bool before = true);

    // A JSON list.
    [[nodiscard]] std::string json() const;
    [[nodiscard]] bool empty() const { return items_.empty(); }

private:
    Changes& add_json(std::string_view field, std::string const& before, std::string const& after);

    std::string items_;  // Without the brackets.
};
inline constexpr std::size_t changes_bytes_max = 16 * 1024;
inline constexpr std::size_t change_bytes_max = 1024;  // Of one value.

// What was done. Actor::action says how the act is called.
struct Act {
    std::string_view object_kind;  // "device", "app", "operator"; one word.
    std::string object_id;
    Changes changes{};
    std::string effect{};  // What followed, in a sentence: "3 queued upgrades ended".
    std::string note{};    // What the operator gave as the reason.
};

// Adds the act's row to the transaction: it is kept if and only if the act is. Only operators and
// the system are recorded; acts of apps and devices are not.
[[nodiscard]] Result<void> record(Tx& tx, access::Actor const& actor, Act act, Instant now);

// "1 upgrade", "3 upgrades": for effects.
[[nodiscard]] std::string counted(std::int64_t count, std::string_view one);

}  // namespace updraft::audit
