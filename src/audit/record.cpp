#include "audit/record.h"

#include "json/writer.h"
#include "ports/audit_table.h"

namespace updraft::audit {

std::string written(std::string_view text) {
    std::string json;
    json::append_string(json, text.substr(0, change_bytes_max));
    if (text.size() > change_bytes_max) json.insert(json.size() - 1, "…");
    return json;
}

std::string written(Instant at) { return written(rfc3339(at)); }

std::string written(std::vector<std::string> const& texts) {
    std::string json;
    json::Writer writer(json);
    writer.array();
    for (auto const& text : texts) writer.raw(written(text));
    writer.end();
    return json.size() <= change_bytes_max ? json : written(counted(std::ssize(texts), "value"));
}

Changes& Changes::add_json(std::string_view field, std::string const& before,
                           std::string const& after) {
    if (before == after || items_.size() > changes_bytes_max) return *this;
    if (!items_.empty()) items_ += ',';
    json::Writer writer(items_);
    writer.object().member("field", field);
    writer.key("old").raw(before).key("new").raw(after).end();
    return *this;
}

Changes& Changes::add_secret(std::string_view field, bool before) {
    auto const mark = written(secret_mark);
    if (!items_.empty()) items_ += ',';
    json::Writer writer(items_);
    writer.object().member("field", field);
    writer.key("old").raw(before ? mark : "null").key("new").raw(mark).end();
    return *this;
}

std::string Changes::json() const { return "[" + items_ + "]"; }

Result<void> record(Tx& tx, access::Actor const& actor, Act act, Instant now) {
    using enum access::ActorKind;
    if (actor.kind != an_operator && actor.kind != the_system) return {};
    return tx.audit().add({.at = now,
                           .actor = actor,
                           .object_kind = std::string(act.object_kind),
                           .object_id = std::move(act.object_id),
                           .changes = act.changes.json(),
                           .effect = std::move(act.effect),
                           .note = std::move(act.note)});
}

std::string counted(std::int64_t count, std::string_view one) {
    auto text = std::to_string(count).append(" ").append(one);
    if (count != 1) text += 's';
    return text;
}

}  // namespace updraft::audit
