#include "bucket/listing.h"

#include <tinyxml2.h>

#include <algorithm>

namespace updraft::bucket {
namespace {

constexpr std::size_t code_max = 64;

std::string text_of(tinyxml2::XMLElement const& parent, char const* name) {
    auto const* const child = parent.FirstChildElement(name);
    auto const* const text = child == nullptr ? nullptr : child->GetText();
    return text == nullptr ? std::string() : std::string(text);
}

tl::unexpected<Error> strange() {
    return fail(Errc::unavailable, "the bucket's list of objects cannot be understood");
}

Result<Listed> read_listed(tinyxml2::XMLElement const& element) {
    Listed listed{.key = text_of(element, "Key")};
    auto const modified = read_rfc3339(text_of(element, "LastModified"));
    auto const* const size = element.FirstChildElement("Size");
    if (listed.key.empty() || !modified || size == nullptr ||
        size->QueryInt64Text(&listed.bytes) != tinyxml2::XML_SUCCESS) {
        return strange();
    }
    listed.modified = *modified;
    return listed;
}

}  // namespace

Result<Page> read_page(std::string_view xml) {
    tinyxml2::XMLDocument document;
    if (document.Parse(xml.data(), xml.size()) != tinyxml2::XML_SUCCESS) return strange();
    auto const* const root = document.FirstChildElement("ListBucketResult");
    if (root == nullptr) return strange();
    Page page;
    for (auto const* element = root->FirstChildElement("Contents"); element != nullptr;
         element = element->NextSiblingElement("Contents")) {
        TRY_ASSIGN(auto listed, read_listed(*element));
        page.objects.push_back(std::move(listed));
    }
    if (text_of(*root, "IsTruncated") != "true") return page;
    page.next = text_of(*root, "NextContinuationToken");
    // The answer says that there are more objects, but has no token. Accepting it would treat the
    // remaining objects as missing.
    if (page.next.empty()) return strange();
    return page;
}

std::string error_code(std::string_view xml) {
    tinyxml2::XMLDocument document;
    if (document.Parse(xml.data(), xml.size()) != tinyxml2::XML_SUCCESS) return {};
    auto const* const root = document.FirstChildElement("Error");
    if (root == nullptr) return {};
    auto const code = text_of(*root, "Code");
    auto const is_word = std::ranges::all_of(code, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    });
    return is_word && code.size() <= code_max ? code : std::string();
}

}  // namespace updraft::bucket
