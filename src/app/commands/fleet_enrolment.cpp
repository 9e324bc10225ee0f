#include "app/commands/fleet_enrolment.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <sstream>
#include <system_error>

#include "json/reader.h"
#include "json/writer.h"
#include "text/percent.h"
#include "vocabulary/secret_file.h"

namespace updraft::app {
namespace {

constexpr std::string_view device_scheme = "TargetToken ";
constexpr std::size_t credentials_bytes_max = std::size_t{1} << 30;
constexpr std::size_t dids_per_order = 1000;  // The limit of the admin API.
constexpr std::string_view gateway_scheme = "GatewayToken ";

std::vector<std::string> split(std::string const& line) {
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (;;) {
        auto const comma = line.find(',', from);
        parts.push_back(line.substr(from, comma - from));
        if (comma == std::string::npos) return parts;
        from = comma + 1;
    }
}

std::string numbered(std::string const& prefix, std::size_t number, std::size_t count) {
    auto digits = std::to_string(number + 1);
    auto const width = std::to_string(count).size();
    return prefix + std::string(width - std::min(width, digits.size()), '0') + digits;
}

std::string device_fields(Enrolment const& wanted, std::size_t number, std::string const& gateway) {
    std::string body;
    json::Writer writer(body);
    writer.object();
    writer.member("name", "Simulated device " + std::to_string(number + 1));
    writer.member("deviceModel", wanted.models[number % wanted.models.size()]);
    writer.member("firmwareVersion", wanted.version);
    if (!wanted.open_id.empty()) writer.member("openId", wanted.open_id);
    if (!gateway.empty()) writer.member("gatewayDid", gateway);
    writer.end();
    return body;
}

Result<std::string> token_in(std::string const& answer) {
    TRY_ASSIGN(auto const document, json::read_object(answer));
    TRY_ASSIGN(auto const token, json::text_member(document, "deviceToken"));
    return token.value_or("");
}

tl::unexpected<Error> cannot_write(std::string const& file, int error) {
    return fail(Errc::invalid,
                file + " cannot be written: " + std::generic_category().message(error));
}

// The file holds secrets: only its owner may read it, from its creation on.
int open_credentials(std::string const& file, int flags) {
    return ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
}

}  // namespace

Result<std::string> must_be_good(Result<cli::Answer> answer, std::string const& what) {
    if (!answer) return fail(answer.error().code, what + ": " + answer.error().detail);
    if (answer->good()) return std::move(answer->body);
    auto detail = answer->body.substr(0, 500);
    if (auto const problem = json::read_object(answer->body)) {
        if (auto const told = json::text_member(*problem, "detail"); told && *told) detail = **told;
    }
    auto const status = "HTTP " + std::to_string(answer->status);
    return fail(Errc::invalid, what + ": " + status + ", " + detail);
}

Result<std::string> enrol_one(cli::Endpoint const& endpoint, std::string const& did,
                              std::string const& fields) {
    auto const path = "/admin/v1/devices/" + text::percent_encoded(did);
    auto const what = "enrolling " + did;
    cli::Call call;
    call.method = "PUT";
    call.path = path;
    call.body = fields;
    TRY_ASSIGN(auto const made, must_be_good(cli::carry_out(endpoint, call), what));
    TRY_ASSIGN(auto token, token_in(made));
    if (token.empty()) {
        // It existed before, and its token is not known: make a new one.
        call.method = "POST";
        call.path += "/token";
        call.body = "{}";
        TRY_ASSIGN(auto const renewed, must_be_good(cli::carry_out(endpoint, call), what));
        TRY_ASSIGN(token, token_in(renewed));
    }
    if (token.empty()) return fail(Errc::invalid, what + ": the server gave no token");
    return token;
}

Result<std::vector<simulator::Member>> enrol(cli::Endpoint const& endpoint,
                                             Enrolment const& wanted) {
    std::vector<simulator::Member> members;
    std::vector<std::string> gateway_dids;
    std::vector<std::string> gateway_tokens;
    for (std::size_t i = 0; i < wanted.gateways; ++i) {
        auto did = numbered(wanted.did_prefix + "gw-", i, wanted.gateways);
        TRY_ASSIGN(auto token, enrol_one(endpoint, did, device_fields(wanted, i, {})));
        members.push_back({did, std::string(device_scheme) + token, wanted.version});
        gateway_dids.push_back(std::move(did));
        gateway_tokens.push_back(std::move(token));
    }
    for (std::size_t i = 0; i < wanted.devices; ++i) {
        auto const behind = wanted.gateways > 0;
        auto const gateway = behind ? gateway_dids[i % wanted.gateways] : std::string{};
        auto const did = numbered(wanted.did_prefix, i, wanted.devices);
        TRY_ASSIGN(auto const token, enrol_one(endpoint, did, device_fields(wanted, i, gateway)));
        auto authorization = behind
                                 ? std::string(gateway_scheme) + gateway_tokens[i % wanted.gateways]
                                 : std::string(device_scheme) + token;
        members.push_back({did, std::move(authorization), wanted.version});
    }
    return members;
}

Result<Ordered> order_upgrades(cli::Endpoint const& endpoint,
                               std::vector<simulator::Member> const& members) {
    Ordered ordered;
    for (std::size_t from = 0; from < members.size(); from += dids_per_order) {
        auto const to = std::min(members.size(), from + dids_per_order);
        cli::Call call;
        call.method = "POST";
        call.path = "/admin/v1/orders";
        json::Writer writer(call.body);
        writer.object().key("dids").array();
        for (auto i = from; i < to; ++i) writer.value(members[i].did);
        writer.end().end();
        TRY_ASSIGN(auto const body, must_be_good(cli::carry_out(endpoint, call), "ordering"));
        TRY_ASSIGN(auto const answer, json::read_object(body));
        TRY_ASSIGN(auto const started, json::whole_member(answer, "started"));
        TRY_ASSIGN(auto const* const refused, json::array_member(answer, "refused"));
        ordered.started += started.value_or(0);
        if (refused == nullptr || refused->empty()) continue;
        ordered.refused += std::ssize(*refused);
        auto const* const first = refused->front().object();
        if (first == nullptr || !ordered.why.empty()) continue;
        TRY_ASSIGN(auto why, json::text_member(*first, "detail"));
        ordered.why = std::move(why).value_or("");
    }
    return ordered;
}

Result<std::vector<simulator::Member>> read_members(std::string const& file,
                                                    std::string const& gateway_token) {
    TRY_ASSIGN(auto const secrets, read_whole_secret_file(file, credentials_bytes_max));
    if (!secrets) return fail(Errc::invalid, file + " cannot be read: there is no such file");
    std::istringstream in(secrets->reveal());
    std::vector<simulator::Member> members;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        if (line.ends_with('\r')) line.pop_back();
        if (line.empty() || line.starts_with('#')) continue;
        auto parts = split(line);
        auto const place = file + ":" + std::to_string(number) + ": ";
        if (parts.size() > 3 || parts[0].empty()) {
            return fail(Errc::invalid, place + "expected did,token or did,token,version");
        }
        parts.resize(3);
        auto authorization = std::move(parts[1]);
        if (authorization.empty() && gateway_token.empty()) {
            return fail(Errc::invalid, place + "the token is missing");
        }
        if (authorization.empty()) {
            authorization = std::string(gateway_scheme) + gateway_token;
        } else if (authorization.find(' ') == std::string::npos) {
            authorization = std::string(device_scheme) + authorization;
        }
        members.push_back({std::move(parts[0]), std::move(authorization), std::move(parts[2])});
    }
    if (members.empty()) return fail(Errc::invalid, file + " names no device");
    return members;
}

Result<void> may_write_members(std::string const& file) {
    auto const descriptor = open_credentials(file, 0);
    if (descriptor < 0) return cannot_write(file, errno);
    ::close(descriptor);
    return {};
}

Result<void> write_members(std::string const& file, std::vector<simulator::Member> const& members) {
    std::string text;
    for (auto const& member : members) {
        auto token = member.authorization;
        if (token.starts_with(device_scheme)) token.erase(0, device_scheme.size());
        text += member.did + "," + token + "," + member.version + "\n";
    }
    auto const descriptor = open_credentials(file, O_TRUNC);
    if (descriptor < 0) return cannot_write(file, errno);
    auto* const out = ::fdopen(descriptor, "w");
    auto const written = std::fwrite(text.data(), 1, text.size(), out);
    if (std::fclose(out) != 0 || written != text.size()) {
        return cannot_write(file, errno);
    }
    return {};
}

}  // namespace updraft::app
