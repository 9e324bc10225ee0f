// The user and the password in a URL, as they must be written there.
//
// Lives here: whether there is a password, and the check that special characters are
//             percent-encoded (RFC 3986, 3.2.1).
//
// Not here:   reading the URL (sqlstore/postgres/link.h, webpost/proxy.h).
#pragma once

#include <string_view>

namespace updraft::text {

// True when nothing in `url` can be the rest of a password with a character that is not
// percent-encoded: the part before the host has at most one '@', which ends it, only letters,
// digits and -._~!$&'()*+,;=: besides %XX; no '@' follows in the path, no '#' in the whole URL, and
// every parameter of the query has a '='.
[[nodiscard]] bool has_encoded_userinfo(std::string_view url);

// True when `url` has a password: before its host, or as the parameter `password` or `sslpassword`.
[[nodiscard]] bool has_password(std::string_view url);

}  // namespace updraft::text
