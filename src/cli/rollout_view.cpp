#include "cli/rollout_view.h"

#include "json/reader.h"
#include "text/clean_text.h"

namespace updraft::cli {
namespace {

// What is missing or has another type is shown as absent: an older or newer server may say less.
std::string text_at(json::Object const& object, std::string_view name) {
    auto const value = object.find(name);
    if (!value || *value == nullptr) return {};
    if (auto const* text = (*value)->string()) return text::escaped(*text);
    if (auto const* number = (*value)->number()) return text::escaped(number->digits);
    return {};
}

std::optional<std::int64_t> number_at(json::Object const& object, std::string_view name) {
    auto const number = json::whole_member(object, name);
    return number ? *number : std::nullopt;
}

std::int64_t count_at(json::Object const& object, std::string_view name) {
    return number_at(object, name).value_or(0);
}

json::Object const& object_at(json::Object const& object, std::string_view name) {
    static json::Object const empty;
    auto const inner = json::object_member(object, name);
    return inner && *inner != nullptr ? **inner : empty;
}

WaveView wave_of(json::Object const& object) {
    WaveView wave;
    wave.name = text_at(object, "name");
    wave.target = number_at(object, "target");
    wave.handed_out = count_at(object, "handedOut");
    wave.good = count_at(object, "good");
    wave.bad = count_at(object, "bad");
    wave.silent = count_at(object, "silent");
    wave.unreached = count_at(object, "unreached");
    wave.state = text_at(object, "state");
    wave.soak_until = text_at(object, "soakUntil");
    return wave;
}

void read_counts(json::Object const& object, RolloutView& view) {
    auto const& counts = object_at(object, "counts");
    view.audience = number_at(counts, "audience");
    view.handed_out = count_at(counts, "handedOut");
    view.in_flight = count_at(counts, "inFlight");
    view.unproven = count_at(counts, "unproven");
    view.good = count_at(counts, "good");
    view.failed = count_at(counts, "failed");
    view.silent = count_at(counts, "silent");
    view.reverted = count_at(counts, "reverted");
    view.unreached = count_at(counts, "unreached");
    view.neutral = count_at(counts, "neutral");
    view.user_pulled = count_at(counts, "userPulled");
}

}  // namespace

Result<RolloutView> read_rollout(std::string_view body) {
    TRY_ASSIGN(auto const object, json::read_object(body));
    RolloutView view;
    view.id = text_at(object, "id");
    view.name = text_at(object, "name");
    view.model = text_at(object, "deviceModel");
    view.version = text_at(object, "firmwareVersion");
    view.mode = text_at(object, "mode");
    view.state = text_at(object, "state");
    view.reason = text_at(object, "reason");
    view.wave = number_at(object, "wave");
    if (view.state.empty()) return fail(Errc::invalid, "the server's answer is no rollout");
    TRY_ASSIGN(auto const* waves, json::array_member(object, "waves"));
    for (auto const& wave : waves == nullptr ? json::Array{} : *waves) {
        if (auto const* one = wave.object()) view.waves.push_back(wave_of(*one));
    }
    read_counts(object, view);
    auto const& gate = object_at(object, "gate");
    view.judged_good = count_at(gate, "good");
    view.judged_bad = count_at(gate, "bad");
    view.halts_at = number_at(gate, "haltsAtBad");
    auto const& next = object_at(object, "nextStep");
    view.next_what = text_at(next, "what");
    view.next_when = text_at(next, "when");
    view.next_because = text_at(next, "because");
    return view;
}

}  // namespace updraft::cli
