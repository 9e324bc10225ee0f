#include "upgrade/self_description.h"

#include "ports/devices_table.h"
#include "text/clean_text.h"
#include "vocabulary/ascii.h"

namespace updraft::upgrade {
namespace {

Result<void> check(fleet::Attributes const& attributes) {
    auto const most = std::to_string(fleet::attribute_bytes_max);
    for (auto const& [key, value] : attributes) {
        if (key.empty()) return fail(Errc::invalid, "an attribute has no name");
        if (key.size() > fleet::attribute_bytes_max) {
            return fail(Errc::invalid,
                        "the name of an attribute is longer than " + most + " bytes");
        }
        if (value.size() > fleet::attribute_bytes_max) {
            return fail(Errc::invalid,
                        "the value of an attribute is longer than " + most + " bytes");
        }
        if (key.find('\0') != std::string::npos || value.find('\0') != std::string::npos) {
            return fail(Errc::invalid, "an attribute contains U+0000");
        }
    }
    return {};
}

fleet::Attributes combined(fleet::Attributes known, SelfDescription const& said) {
    using Mode = SelfDescription::Mode;
    if (said.mode == Mode::replace) return said.attributes;
    for (auto const& [key, value] : said.attributes) {
        if (said.mode == Mode::remove) {
            known.erase(key);
        } else {
            known.insert_or_assign(key, value);
        }
    }
    return known;
}

// The attributes after the report; Errc::invalid when there are too many.
Result<fleet::Attributes> attributes_after(fleet::Attributes const& known,
                                           SelfDescription const& said) {
    auto attributes = combined(known, said);
    if (said.attributes.size() > fleet::attributes_max ||
        attributes.size() > fleet::attributes_max) {
        return fail(Errc::invalid,
                    "a device may have " + std::to_string(fleet::attributes_max) + " attributes");
    }
    return attributes;
}

// The version in the report, without blanks at its ends; nothing when it has none, or one with
// control characters.
Result<std::optional<Version>> reported_version(SelfDescription const& said,
                                                std::string const& version_attribute) {
    auto const reported = said.attributes.find(version_attribute);
    if (said.mode == SelfDescription::Mode::remove || reported == said.attributes.end()) {
        return std::nullopt;
    }
    auto const said_version = trimmed(reported->second, " \t\r\n");
    if (said_version.empty() || !text::is_clean(said_version)) return std::nullopt;
    TRY_ASSIGN(auto version, read_name<Version>(said_version, version_attribute));
    return version;
}

}  // namespace

Result<void> describe(Tx& tx, Means const& means, Did const& did, SelfDescription const& said,
                      std::string const& version_attribute, Instant now) {
    TRY(check(said.attributes));
    TRY_ASSIGN(auto device, tx.devices().find(did));
    TRY_ASSIGN(auto const known, tx.devices().attributes(did));
    TRY_ASSIGN(auto const attributes, attributes_after(known, said));
    if (attributes != known) TRY(tx.devices().set_attributes(did, attributes));
    auto const first_words = device.attributes_wanted;
    if (first_words) {
        device.attributes_wanted = false;
        TRY(tx.devices().replace(device));
    }
    TRY_ASSIGN(auto const version, reported_version(said, version_attribute));
    if (!version) return {};
    TRY_ASSIGN(auto const after, report_version(tx, means, device, *version, now));
    if (first_words && after.version == device.version) {
        TRY(means.listener.version_reported(tx, after, now));
    }
    return {};
}

Result<bool> would_describe(Tx const& tx, Did const& did, SelfDescription const& said,
                            std::string const& version_attribute) {
    TRY(check(said.attributes));
    TRY_ASSIGN(auto const device, tx.devices().find(did));
    TRY_ASSIGN(auto const known, tx.devices().attributes(did));
    TRY_ASSIGN(auto const attributes, attributes_after(known, said));
    TRY_ASSIGN(auto const version, reported_version(said, version_attribute));
    if (attributes != known || device.attributes_wanted) return true;
    if (!version) return false;
    return would_report_version(tx, device, *version);
}

}  // namespace updraft::upgrade
