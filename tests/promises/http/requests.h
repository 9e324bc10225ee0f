// The two requests that most tests of connections send, as bytes.
//
// Lives here: building them.
//
// Not here:   sending them (promises/http/raw_client.h).
#pragma once

#include <string>

namespace updraft::http {

inline std::string get(std::string const& path, std::string const& fields = "") {
    return "GET " + path + " HTTP/1.1\r\nHost: host.example:81\r\n" + fields + "\r\n";
}

inline std::string post(std::string const& path, std::string const& body,
                        std::string const& fields = "") {
    return "POST " + path +
           " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           fields + "\r\n" + body;
}

}  // namespace updraft::http
