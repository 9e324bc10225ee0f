// U-Boot's FIT: a flattened device tree with a node "images" below its root.
#include <algorithm>

#include "firmware/images/extent.h"
#include "firmware/images/fields.h"
#include "firmware/images/readers.h"
#include "vocabulary/instant.h"

namespace updraft::firmware::images {
namespace {

constexpr std::size_t tree_header_bytes = 40;
constexpr std::size_t node_name_bytes_max = 256;
constexpr std::size_t value_bytes_max = 1024;
constexpr int tokens_max = 20'000;
constexpr int tree_depth_max = 32;

enum Token : std::uint32_t { begin_node = 1, end_node = 2, property = 3, nop = 4 };

// Walks the tree in the order of the file. Every token moves the walk forward, and their number is
// limited, so the walk ends for every input.
class DeviceTreeWalk {
public:
    DeviceTreeWalk(Peek& file, std::string_view header)
        : file_(file),
          at_(be32(header, 8)),
          strings_(be32(header, 12)),
          tree_bytes_(be32(header, 4)),
          end_(tree_bytes_) {}

    // True when this is a FIT; its facts are added to `image`.
    bool read(Image& image) {
        for (int i = 0; i < tokens_max && step(image); ++i) {
        }
        if (has_images_) image.tell("images", images_);
        if (has_images_) reaches(image, file_, end_);
        return has_images_;
    }

private:
    // False at the end of the tree and at a malformed token.
    bool step(Image& image) {
        auto const token = file_.exactly(at_, 4);
        if (!token) return false;
        at_ += 4;
        switch (be32(*token, 0)) {
            case begin_node:
                return enter();
            case end_node:
                if (depth_ == 3) end_ = std::max(end_, external_at_ + external_bytes_);
                if (depth_ == 2) inside_images_ = false;
                // After the end of the root's "images" node, nothing else is needed.
                return --depth_ > 0 && !(has_images_ && !inside_images_);
            case property:
                return take_property(image);
            case nop:
                return true;
            default:
                return false;
        }
    }

    bool enter() {
        auto const name = file_.text(at_, node_name_bytes_max);
        if (!name || ++depth_ > tree_depth_max) return false;
        at_ = aligned_to_4(at_ + std::ssize(*name) + 1);
        if (depth_ == 2 && *name == "images") has_images_ = inside_images_ = true;
        if (depth_ == 3) external_at_ = external_bytes_ = 0;
        if (depth_ == 3 && inside_images_ && images_.size() < fact_texts_max) {
            images_.push_back(*name);
        }
        return true;
    }

    bool take_property(Image& image) {
        auto const head = file_.exactly(at_, 8);
        if (!head) return false;
        auto const bytes = be32(*head, 0);
        auto const value_at = at_ + 8;
        at_ = aligned_to_4(value_at + bytes);
        if (depth_ != 1 && (depth_ != 3 || !inside_images_)) return true;
        auto const name = file_.text(strings_ + be32(*head, 4), node_name_bytes_max);
        if (!name) return false;
        if (depth_ == 3) return bytes != 4 || take_place(*name, value_at);
        if (*name == "timestamp" && bytes == 4) {
            auto const value = file_.exactly(value_at, 4);
            if (value) image.tell("built", rfc3339({std::int64_t{be32(*value, 0)} * 1000}));
        } else if (*name == "description" && bytes <= value_bytes_max) {
            auto const value = file_.text(value_at, bytes);
            if (value) image.tell("description", std::string_view(*value));
        }
        return true;
    }

    // The data of an image may be behind the tree: at an offset from its end, or at a position.
    bool take_place(std::string_view name, std::int64_t value_at) {
        auto const value = file_.exactly(value_at, 4);
        if (!value) return false;
        auto const number = std::int64_t{be32(*value, 0)};
        if (name == "data-size") external_bytes_ = number;
        if (name == "data-position") external_at_ = number;
        if (name == "data-offset") external_at_ = aligned_to_4(tree_bytes_) + number;
        return true;
    }

    Peek& file_;
    std::int64_t at_;
    std::int64_t strings_;
    std::int64_t tree_bytes_;
    std::int64_t end_;  // Of the tree and of all data behind it.
    std::int64_t external_at_ = 0;
    std::int64_t external_bytes_ = 0;
    int depth_ = 0;
    bool has_images_ = false;
    bool inside_images_ = false;
    std::vector<std::string> images_;
};

}  // namespace

std::optional<Image> read_fit(Peek& file) {
    auto const header = file.exactly(0, tree_header_bytes);
    if (!header || be32(*header, 0) != 0xD00DFEED) return std::nullopt;
    Image image{.format = Format::fit, .version = {}, .facts = {}};
    if (!DeviceTreeWalk(file, *header).read(image)) return std::nullopt;  // Another device tree.
    return image;
}

}  // namespace updraft::firmware::images
