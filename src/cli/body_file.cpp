#include "cli/body_file.h"

#include <cerrno>
#include <fstream>
#include <iostream>
#include <string_view>
#include <system_error>

#include "vocabulary/ascii.h"

namespace updraft::cli {
namespace {

Result<std::string> content_of(std::istream& stream, std::string const& name) {
    std::string text(body_file_bytes_max + 1, '\0');
    errno = 0;
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad() || (!stream && stream.gcount() == 0 && errno != 0)) {
        return fail(Errc::invalid,
                    name + " cannot be read: " + std::generic_category().message(errno));
    }
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > body_file_bytes_max) return fail(Errc::invalid, name + " is over 1 MiB");
    return text;
}

std::string name_of(std::string const& file) { return file == "-" ? "the standard input" : file; }

Result<std::string> text_in_file(std::string const& file) {
    if (file == "-") return content_of(std::cin, name_of(file));
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return fail(Errc::invalid,
                    file + " cannot be read: " + std::generic_category().message(errno));
    }
    return content_of(stream, file);
}

}  // namespace

Result<json::Object> object_in_file(std::string const& file) {
    TRY_ASSIGN(auto const text, text_in_file(file));
    auto object = json::read_object(text);
    if (!object) return fail(Errc::invalid, name_of(file) + ": " + object.error().detail);
    return object;
}

Result<std::vector<std::string>> lines_in_file(std::string const& file) {
    TRY_ASSIGN(auto const text, text_in_file(file));
    std::vector<std::string> lines;
    std::string_view rest = text;
    while (!rest.empty()) {
        auto const end = rest.find('\n');
        auto const line = trimmed(rest.substr(0, end), " \t\r");
        if (!line.empty()) lines.emplace_back(line);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return lines;
}

}  // namespace updraft::cli
