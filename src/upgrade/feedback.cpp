#include "upgrade/feedback.h"

#include <algorithm>

#include "firmware/running.h"
#include "ports/devices_table.h"
#include "ports/prefetch.h"
#include "ports/releases_table.h"
#include "ports/timelines_table.h"
#include "ports/upgrades_table.h"
#include "upgrade/why.h"
#include "vocabulary/digest.h"
#include "vocabulary/if_found.h"

namespace updraft::upgrade {
namespace {

constexpr std::size_t report_digest_characters = 16;

// Identifies a report: equal for equal reports. The device's timestamp is not included.
std::string digest_of(Report const& said) {
    auto content = std::to_string(static_cast<int>(said.said));
    if (said.count) {
        content += ' ' + std::to_string(said.count->cnt) + '/' + std::to_string(said.count->of);
    }
    for (auto const& text : said.texts) content += '\n' + text;
    return sha256_hex(content).substr(0, report_digest_characters);
}

// The texts as one, each in lines of its own. Above note_bytes_max only the last ones that fit are
// there; a single one that does not fit is cut later.
std::string joined(std::vector<std::string> const& texts) {
    auto first = texts.end();
    std::size_t bytes = 0;
    for (auto at = texts.end(); at != texts.begin();) {
        --at;
        if (at->empty()) continue;
        if (bytes > 0 && bytes + 1 + at->size() > note_bytes_max) break;
        bytes += at->size() + (bytes > 0 ? 1 : 0);
        first = at;
    }
    std::string out;
    out.reserve(bytes);
    for (; first != texts.end(); ++first) {
        if (first->empty()) continue;
        if (!out.empty()) out += '\n';
        out += *first;
    }
    return out;
}

// The last text in which there is anything to read.
std::string_view last_text(std::vector<std::string> const& texts) {
    auto const said = std::find_if(texts.rbegin(), texts.rend(), [](std::string const& text) {
        auto const shown = tidied(text, cause_detail_bytes_max, Breaks::remove);
        return shown.find_first_not_of(' ') != std::string::npos;
    });
    return said == texts.rend() ? std::string_view{} : *said;
}

Result<Upgrade> open_upgrade(Tx const& tx, Did const& did, UpgradeId id) {
    TRY_ASSIGN(auto found, if_found(tx.upgrades().find(id)));
    if (!found || found->did != did) {
        return fail(Errc::not_found, "this device has no such action");
    }
    if (is_final(found->state)) return fail(Errc::gone, "this action has ended");
    return *std::move(found);
}

// The report as an event of the lifecycle; nothing when it cannot change the state.
Result<std::optional<Event>> event_of(Tx const& tx, Upgrade const& upgrade, Report const& said) {
    switch (said.said) {
        case Said::working:
            return says_downloaded(upgrade, said.texts) ? Event::bytes_ended : Event::working;
        case Said::trouble:
            return std::nullopt;
        case Said::downloading:
            return says_complete(said.texts) ? Event::bytes_ended : Event::bytes_began;
        case Said::downloaded:
            return Event::bytes_ended;
        case Said::succeeded: {
            if (says_skipped(last_text(said.texts))) return Event::failed;
            TRY_ASSIGN(auto const plan, plan_of(tx, upgrade));
            // The device's row proves nothing: an operator may have written it.
            auto const proven =
                plan.catalog->model.success == fleet::SuccessCriterion::report ||
                firmware::running(*plan.catalog, upgrade.from_version) == plan.release;
            return proven ? Event::succeeded : Event::claims_success;
        }
        case Said::failed:
        case Said::rejected:
            return Event::failed;
        case Said::called_off:
            return Event::called_off;
    }
    return std::nullopt;
}

// The last line of the recorded reports that gives an error (last_error_in()); empty when there is
// none. Reads at most report_bytes_max bytes of text.
Result<std::string> reported_error(Tx const& tx, UpgradeId id) {
    for (TimelineTextsAsk ask;;) {
        TRY_ASSIGN(auto const texts, tx.timelines().texts(id, ask));
        if (texts.empty()) return std::string{};
        for (auto const& entry : texts) {
            auto const line = last_error_in(entry.text);
            if (!line.empty()) return std::string(line);
        }
        ask.before = texts.back().number;
    }
}

// True when the report was recorded before. But an error that another one followed is news again.
Result<bool> is_repeated(Tx const& tx, UpgradeId id, Report const& said,
                         std::string const& digest) {
    TRY_ASSIGN(bool const heard, tx.timelines().heard(id, digest));
    if (!heard) return false;
    auto const text = joined(said.texts);
    auto const line = last_error_in(text);
    if (line.empty()) return true;
    TRY_ASSIGN(auto const last, reported_error(tx, id));
    return last == line;
}

Result<std::string> cause_of_end(Tx const& tx, Report const& said, Upgrade const& ended) {
    auto const detail = last_text(said.texts);
    if (ended.state == State::cancelled) return written(Cause::cancelled, detail);
    if (ended.state != State::failed) return std::string{};
    if (said.said == Said::rejected) return written(Cause::rejected, detail);
    if (said.said == Said::succeeded) return written(Cause::skipped, detail);
    auto const cause = cause_of(detail);
    if (cause != Cause::device_error) return written(cause, detail);
    TRY_ASSIGN(auto const earlier, reported_error(tx, ended.id));
    return earlier.empty() ? written(cause, detail) : written(cause_of(earlier), earlier);
}

// The progress in the report: from its count, otherwise the highest percentage in its texts.
std::optional<int> own_percent(Report const& said) {
    std::optional<int> best;
    if (said.count) best = counted_percent(said.count->cnt, said.count->of);
    if (best) return best;
    for (auto const& text : said.texts) best = std::max(best, leading_percent(text));
    return best;
}

// Sets the progress from the report, or, when it has none, from the state that was reached.
void set_progress(Upgrade& upgrade, Report const& said) {
    auto known = Progress{upgrade.progress, upgrade.figure};
    auto const under_way =
        upgrade.state == State::cancelling ? upgrade.resume_state : upgrade.state;
    if (auto const own = own_percent(said)) {
        bool const installs = under_way == State::installing || under_way == State::verifying;
        auto const percent = installs ? install_percent(*own, known.percent) : *own;
        known = after(known, Figure::own, percent);
    } else if (said.said != Said::trouble) {
        auto const phase = phase_percent(under_way, known.percent);
        if (phase) known = after(known, Figure::derived, *phase);
    }
    upgrade.progress = known.percent;
    upgrade.figure = known.figure;
}

// A report or an answer, and what it does to the upgrade.
struct Weighed {
    Upgrade before;
    Upgrade next;
    Note note;
    bool changes = false;  // False: nothing is recorded.
};

// The bytes of a text that are counted; not less than the bytes of the entry in the timeline.
std::int64_t counted(std::string const& text) {
    return static_cast<std::int64_t>(std::min(text.size(), note_bytes_max));
}

bool has_room(Upgrade const& upgrade, std::string const& text) {
    return upgrade.reports < reports_max &&
           upgrade.report_bytes + counted(text) <= report_bytes_max;
}

tl::unexpected<Error> no_room(Upgrade const& upgrade) {
    auto const had = upgrade.reports >= reports_max
                         ? std::to_string(reports_max) + " reports"
                         : std::to_string(report_bytes_max) + " bytes of text";
    return fail(Errc::too_many, "this action has had its " + had + "; only a closing one is taken");
}

void set_note(Weighed& weighed, std::string text, std::string digest) {
    ++weighed.next.reports;
    weighed.next.report_bytes += counted(text);
    weighed.note = {std::move(text), std::move(digest)};
    weighed.changes = true;
}

Result<Weighed> weigh(Tx const& tx, Means const& means, Did const& did, UpgradeId id,
                      Report const& said, Instant now) {
    tx.prefetch().device(did);
    TRY_ASSIGN(auto const before, open_upgrade(tx, did, id));
    if (before.state == State::queued) {
        TRY_ASSIGN(auto const device, tx.devices().find(did));
        TRY_ASSIGN(auto const reason, held_back(tx, means, device, before, now));
        if (reason) return fail(Errc::not_found, "this action was not handed out yet");
    }
    TRY_ASSIGN(auto const event, event_of(tx, before, said));
    Weighed weighed{before, event ? stepped(before, *event) : before, {}};
    auto& next = weighed.next;
    bool const stays = next == before;
    auto digest = digest_of(said);
    if (stays) {
        TRY_ASSIGN(bool const repeated, is_repeated(tx, id, said, digest));
        if (repeated) return weighed;
    }
    if (!is_final(next.state)) set_progress(next, said);
    auto text = joined(said.texts);
    if (next == before && text.empty()) return weighed;
    if (!has_room(before, text)) {
        if (!is_closing(said.said)) return no_room(before);
        if (stays) return Weighed{before, before, {}};
    }
    set_note(weighed, std::move(text), std::move(digest));
    TRY_ASSIGN(next.cause, cause_of_end(tx, said, next));
    return weighed;
}

Result<Weighed> weigh_answer(Tx const& tx, Did const& did, UpgradeId id, CancelAnswer answer,
                             std::vector<std::string> const& texts) {
    TRY_ASSIGN(auto const before, open_upgrade(tx, did, id));
    if (before.state != State::cancelling) {
        return fail(Errc::conflict, "this action is not being cancelled");
    }
    Weighed weighed{before, before, {}};
    auto& next = weighed.next;
    if (answer == CancelAnswer::agreed) {
        next = stepped(before, Event::cancel_agreed);
        next.cause = written(Cause::cancelled);
    } else if (answer == CancelAnswer::refused) {
        next = stepped(before, Event::cancel_refused);
    }
    auto text = joined(texts);
    // The prefix distinguishes an answer from a report with the same text.
    auto digest = sha256_hex("cancel\n" + text).substr(0, report_digest_characters);
    if (next == before) {
        if (text.empty()) return weighed;
        TRY_ASSIGN(auto const known, tx.timelines().heard(id, digest));
        if (known) return weighed;
        if (!has_room(before, text)) return no_room(before);
    }
    set_note(weighed, std::move(text), std::move(digest));
    return weighed;
}

Result<Upgrade> recorded(Tx& tx, Means const& means, Weighed weighed, Instant now) {
    if (!weighed.changes) return std::move(weighed.before);
    return record(tx, means, weighed.before, std::move(weighed.next), weighed.note, now);
}

}  // namespace

Result<Upgrade> report(Tx& tx, Means const& means, Did const& did, UpgradeId id, Report const& said,
                       Instant now) {
    TRY_ASSIGN(auto weighed, weigh(tx, means, did, id, said, now));
    return recorded(tx, means, std::move(weighed), now);
}

Result<bool> would_record(Tx const& tx, Means const& means, Did const& did, UpgradeId id,
                          Report const& said, Instant now) {
    TRY_ASSIGN(auto const weighed, weigh(tx, means, did, id, said, now));
    return weighed.changes;
}

Result<bool> may_refuse(Tx const& tx, Did const& did, UpgradeId id) {
    TRY_ASSIGN(auto const found, if_found(tx.upgrades().find(id)));
    constexpr auto longest = static_cast<std::int64_t>(note_bytes_max);
    return !found || found->did != did || is_final(found->state) || found->reports >= reports_max ||
           found->report_bytes + longest > report_bytes_max;
}

Result<Upgrade> answer_cancel(Tx& tx, Means const& means, Did const& did, UpgradeId id,
                              CancelAnswer answer, std::vector<std::string> const& texts,
                              Instant now) {
    TRY_ASSIGN(auto weighed, weigh_answer(tx, did, id, answer, texts));
    return recorded(tx, means, std::move(weighed), now);
}

Result<bool> would_record_answer(Tx const& tx, Did const& did, UpgradeId id, CancelAnswer answer,
                                 std::vector<std::string> const& texts) {
    TRY_ASSIGN(auto const weighed, weigh_answer(tx, did, id, answer, texts));
    return weighed.changes;
}

}  // namespace updraft::upgrade
