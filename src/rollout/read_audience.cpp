#include "rollout/read_audience.h"

#include <algorithm>
#include <array>

#include "fleet/device.h"
#include "fleet/tag.h"
#include "rollout/read_parts.h"

namespace updraft::rollout {
namespace {

constexpr std::size_t versions_max = 100;
constexpr std::size_t users_max = 1'000;

using Texts = std::set<std::string>;

Result<Texts> read_texts(json::Value const& value, std::size_t most, std::size_t bytes_max,
                         std::string const& path) {
    if (value.array() == nullptr) return fail(Errc::invalid, path + " must be a list of strings");
    Texts texts;
    for (auto const& entry : *value.array()) {
        if (entry.string() == nullptr) {
            return fail(Errc::invalid, path + " must be a list of strings");
        }
        TRY_ASSIGN(auto text, read_name<Did>(*entry.string(), path, bytes_max));
        texts.insert(std::move(text.value));
    }
    if (texts.size() > most) {
        return fail(Errc::invalid, path + " has more than " + std::to_string(most) + " entries");
    }
    return texts;
}

// An empty list would mean nobody, which nobody wants to roll out to.
Result<Texts> read_some(json::Value const& value, std::size_t most, std::string const& path) {
    TRY_ASSIGN(auto texts, read_texts(value, most, name_bytes_max, path));
    if (texts.empty()) return fail(Errc::invalid, path + " must not be empty");
    return texts;
}

Result<Texts> read_tags(json::Value const& value, std::string const& path) {
    TRY_ASSIGN(auto tags, read_some(value, fleet::tags_max, path));
    for (auto const& tag : tags) {
        if (!fleet::is_tag(tag)) {
            return fail(Errc::invalid,
                        path + " must have words of 1 to 32 of a-z, 0-9, '_', '.' and '-'");
        }
    }
    return tags;
}

template <class Id>
std::set<Id> as_ids(Texts const& texts) {
    std::set<Id> ids;
    for (auto const& text : texts) ids.insert(ids.end(), Id{text});
    return ids;
}

Result<void> include_into(Audience& audience, json::Value const& value, std::string const& path) {
    TRY_ASSIGN(auto const texts, read_some(value, audience_dids_max, path));
    audience.include = as_ids<Did>(texts);
    return {};
}

Result<void> exclude_into(Audience& audience, json::Value const& value, std::string const& path) {
    TRY_ASSIGN(auto const texts, read_texts(value, audience_dids_max, name_bytes_max, path));
    audience.exclude = as_ids<Did>(texts);
    return {};
}

Result<void> versions_into(Audience& audience, json::Value const& value, std::string const& path) {
    TRY_ASSIGN(auto const texts, read_some(value, versions_max, path));
    audience.from_versions = as_ids<Version>(texts);
    return {};
}

Result<void> tags_into(Audience& audience, json::Value const& value, std::string const& path) {
    TRY_ASSIGN(audience.tags, read_tags(value, path));
    return {};
}

Result<void> users_into(Audience& audience, json::Value const& value, std::string const& path) {
    TRY_ASSIGN(auto const texts, read_some(value, users_max, path));
    audience.open_ids = as_ids<OpenId>(texts);
    return {};
}

Result<void> attributes_into(Audience& audience, json::Value const& value,
                             std::string const& path) {
    auto const wrong = fail(Errc::invalid, path + " must be an object of strings");
    if (value.object() == nullptr) return wrong;
    std::map<std::string, std::string> attributes;
    for (auto const& [name, content] : value.object()->members) {
        auto const* const text = content.string();
        if (text == nullptr) return wrong;
        bool const fits = !name.empty() && name.size() <= fleet::attribute_bytes_max &&
                          text->size() <= fleet::attribute_bytes_max;
        if (!fits) {
            return fail(Errc::invalid, path + " must have names and values of at most " +
                                           std::to_string(fleet::attribute_bytes_max) + " bytes");
        }
        if (!attributes.emplace(name, *text).second) {
            return fail(Errc::invalid, path + "." + name + " was given twice");
        }
    }
    if (attributes.empty() || attributes.size() > fleet::attributes_max) {
        return fail(Errc::invalid,
                    path + " must have 1 to " + std::to_string(fleet::attributes_max) + " members");
    }
    audience.attributes = std::move(attributes);
    return {};
}

Result<void> dynamic_into(Audience& audience, json::Value const& value, std::string const& path) {
    if (value.boolean() == nullptr) return fail(Errc::invalid, path + " must be true or false");
    audience.dynamic = *value.boolean();
    return {};
}

Result<void> canaries_into(Audience& audience, json::Value const& value, std::string const& path) {
    auto const* const object = value.object();
    if (object == nullptr) return fail(Errc::invalid, path + " must be an object");
    TRY(refuse_unknown(*object, {"dids", "tags"}, path));
    TRY_ASSIGN(auto const* const dids, object->find("dids"));
    TRY_ASSIGN(auto const* const tags, object->find("tags"));
    Canaries canaries;
    if (dids != nullptr) {
        TRY_ASSIGN(auto const texts,
                   read_texts(*dids, audience_dids_max, name_bytes_max, path + ".dids"));
        canaries.dids = as_ids<Did>(texts);
    }
    if (tags != nullptr) {
        TRY_ASSIGN(canaries.tags, read_tags(*tags, path + ".tags"));
    }
    audience.canaries = std::move(canaries);
    return {};
}

struct AudienceMember {
    std::string_view name;
    Result<void> (*read)(Audience&, json::Value const&, std::string const& path);
    void (*clear)(Audience&);
};
template <auto member>
void clear(Audience& audience) {
    audience.*member = Audience{}.*member;
}
constexpr auto audience_members = std::to_array<AudienceMember>({
    {"include", include_into, clear<&Audience::include>},
    {"exclude", exclude_into, clear<&Audience::exclude>},
    {"fromVersions", versions_into, clear<&Audience::from_versions>},
    {"tags", tags_into, clear<&Audience::tags>},
    {"attributes", attributes_into, clear<&Audience::attributes>},
    {"openIds", users_into, clear<&Audience::open_ids>},
    {"dynamic", dynamic_into, clear<&Audience::dynamic>},
    {"canaries", canaries_into, clear<&Audience::canaries>},
});

Result<void> check_sum(Audience const& audience) {
    auto const included = audience.include ? audience.include->size() : 0;
    if (included + audience.exclude.size() + audience.canaries.dids.size() > audience_dids_max) {
        return fail(Errc::invalid, "audience.include, exclude and canaries have more than " +
                                       std::to_string(audience_dids_max) + " dids together");
    }
    return {};
}

void write_list(json::Writer& out, std::string_view name, auto const& texts) {
    out.key(name).array();
    for (auto const& text : texts) {
        if constexpr (requires { text.value; }) {
            out.value(text.value);
        } else {
            out.value(text);
        }
    }
    out.end();
}

void write_dids(json::Writer& out, std::string_view name, std::set<Did> const& dids, Dids form) {
    if (form == Dids::written) {
        write_list(out, name, dids);
    } else {
        out.key(name).object();
        out.member("count", static_cast<std::int64_t>(dids.size()));
        out.end();
    }
}

}  // namespace

Result<Audience> patched_audience(Audience const& before, json::Value const& patch) {
    if (patch.object() == nullptr) return fail(Errc::invalid, "audience must be an object");
    auto audience = before;
    for (auto const& [name, content] : patch.object()->members) {
        auto const member = std::ranges::find(audience_members, name, &AudienceMember::name);
        auto const path = "audience." + name;
        if (member == audience_members.end()) return fail(Errc::invalid, path + " is unknown");
        if (!patch.object()->find(name)) return fail(Errc::invalid, path + " was given twice");
        if (content.is_null()) {
            member->clear(audience);
        } else {
            TRY(member->read(audience, content, path));
        }
    }
    TRY(check_sum(audience));
    return audience;
}

Result<Audience> read_audience(json::Value const* given) {
    return given == nullptr ? Audience{} : patched_audience(Audience{}, *given);
}

void write_audience(json::Writer& out, Audience const& audience, Dids dids) {
    out.object();
    if (audience.include) write_dids(out, "include", *audience.include, dids);
    if (!audience.exclude.empty()) write_dids(out, "exclude", audience.exclude, dids);
    if (audience.from_versions) write_list(out, "fromVersions", *audience.from_versions);
    if (audience.tags) write_list(out, "tags", *audience.tags);
    if (!audience.attributes.empty()) {
        out.key("attributes").object();
        for (auto const& [name, value] : audience.attributes) out.member(name, value);
        out.end();
    }
    if (audience.open_ids) write_list(out, "openIds", *audience.open_ids);
    out.member("dynamic", audience.dynamic);
    if (!audience.canaries.empty()) {
        out.key("canaries").object();
        if (!audience.canaries.dids.empty()) write_dids(out, "dids", audience.canaries.dids, dids);
        if (!audience.canaries.tags.empty()) write_list(out, "tags", audience.canaries.tags);
        out.end();
    }
    out.end();
}

std::string stored_audience(Audience const& audience) {
    std::string text;
    json::Writer out(text);
    write_audience(out, audience, Dids::written);
    return text;
}

Result<Audience> read_stored_audience(std::string_view text) {
    auto const value = json::read(text);
    auto audience = value ? read_audience(&*value) : Result<Audience>(pass(value));
    if (!audience) {
        return fail(Errc::corrupt, "a stored audience cannot be read: " + audience.error().detail);
    }
    return audience;
}

}  // namespace updraft::rollout
