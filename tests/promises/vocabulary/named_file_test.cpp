#include "vocabulary/named_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace updraft {
namespace {

using testing::HasSubstr;

class NamedFile : public testing::Test {
protected:
    void SetUp() override { std::filesystem::create_directories(folder_); }
    ~NamedFile() override { std::filesystem::remove_all(folder_); }
    [[nodiscard]] std::string in_folder(char const* name) const {
        return (folder_ / name).string();
    }

    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("updraft-named-" + std::to_string(::getpid()));
};

TEST_F(NamedFile, IsReadWhole) {
    auto const content = std::string(200'000, 'x') + '\0' + "end";
    std::ofstream(in_folder("file"), std::ios::binary) << content;
    EXPECT_EQ(read_named_file(in_folder("file")).value(), content);
    std::ofstream(in_folder("empty"));
    EXPECT_EQ(read_named_file(in_folder("empty")).value(), "");
}

TEST_F(NamedFile, ThatCannotBeReadIsNamedWithTheReason) {
    auto const said = [](std::string const& path) { return read_named_file(path).error().detail; };
    EXPECT_EQ(said(in_folder("none")),
              in_folder("none") + " cannot be read: No such file or directory");
    EXPECT_EQ(said(folder_.string()), folder_.string() + " cannot be read: Is a directory");
    std::ofstream(in_folder("file"));
    EXPECT_EQ(said(in_folder("file/below")),
              in_folder("file/below") + " cannot be read: Not a directory");
    std::ofstream(in_folder("large")) << std::string(named_file_bytes_max + 1, 'x');
    EXPECT_THAT(said(in_folder("large")), HasSubstr("has more than"));
}

}  // namespace
}  // namespace updraft
