#include "vocabulary/reason.h"

#include <algorithm>
#include <array>

#include "text/whole_number.h"
#include "vocabulary/ascii.h"

namespace updraft {
namespace {

struct Sentences {
    std::string_view holds;
    std::string_view holds_zh;
    std::string_view not_so;
    std::string_view not_so_zh;
};

// In the order of Reason.
constexpr std::array<Sentences, reason_count> sentences{{
    {"The firmware is not released, or it was withdrawn.", "该固件尚未发布，或已被撤回。",
     "The firmware is released.", "该固件已发布。"},
    {"The model was declared not upgradable.", "该型号已被声明为不可升级。",
     "The model is upgradable.", "该型号可以升级。"},
    {"The device runs this firmware already.", "设备已在运行该固件。",
     "The device does not run this firmware.", "设备未在运行该固件。"},
    {"The device runs, or is offered, a later firmware.", "设备正在运行或可升级到更新的固件。",
     "The device neither runs nor is offered a later firmware.",
     "设备没有运行、也不能升级到更新的固件。"},
    {"The device was put back; it is offered only what is released later.",
     "设备曾被退回旧固件，只会提供此后发布的固件。", "The device was not put back from it.",
     "设备没有从该固件退回。"},
    {"The firmware cannot be installed on what the device runs; another one comes first.",
     "该固件不能直接安装在设备当前版本上，需先升级到中间版本。",
     "The firmware can be installed on what the device runs.",
     "该固件可以直接安装在设备当前版本上。"},
    {"The rollout is not meant for this device.", "该发布计划不包含此设备。",
     "No rollout leaves this device out.", "没有发布计划将此设备排除在受众之外。"},
    {"The rollout excludes this device.", "该发布计划明确排除了此设备。",
     "No rollout excludes this device.", "没有发布计划明确排除此设备。"},
    {"An operator's hold covers it.", "运维人员设置了暂停（hold）。", "No hold covers it.",
     "没有暂停（hold）影响它。"},
    {"Its rollout was halted.", "其发布计划已被紧急中止。", "No rollout of it is halted.",
     "其发布计划没有被中止。"},
    {"The firmware is available to nobody.", "该固件当前不对任何设备开放。",
     "The firmware is available.", "该固件已开放。"},
    {"Its rollout is paused.", "其发布计划已暂停。", "No rollout of it is paused.",
     "其发布计划没有暂停。"},
    {"The wave of this device is not open yet.", "此设备所在的批次尚未开放。",
     "No closed wave keeps it back.", "没有未开放的批次影响它。"},
    {"As many upgrades as the rollout allows are under way.", "发布计划允许的并行升级数已满。",
     "There is room for it.", "有空余名额。"},
    {"As many upgrades as may start in this minute have started.", "本分钟内可启动的升级数已用完。",
     "The rate of starts does not keep it back.", "启动速率没有限制它。"},
    {"A failed attempt is repeated later, or not any more.", "失败后的重试尚未到时间，或不再重试。",
     "No failed attempt is waited for.", "没有等待重试。"},
    {"The user wants nothing to start by itself.", "用户已关闭自动升级。",
     "The user's policy does not keep it back.", "用户的策略没有限制它。"},
    {"The rollout's window is closed.", "不在发布计划的时间窗口内。",
     "No window of a rollout keeps it back.", "没有时间窗口限制它。"},
    {"It is outside the user's upgrade hours.", "不在用户设定的升级时段内。",
     "The user's upgrade hours do not keep it back.", "用户设定的升级时段没有限制它。"},
    {"Its gateway, or other sub-devices of the gateway, come first.",
     "需等待其网关或同一网关下的其他子设备先升级。", "It is its turn at its gateway.",
     "在网关处已轮到它。"},
    {"The device has an active upgrade.", "设备正在进行一次升级。",
     "The device has no other active upgrade.", "设备没有其他正在进行的升级。"},
    {"The device has put the upgrade off.", "设备推迟了升级。", "The device has put nothing off.",
     "设备没有推迟升级。"},
    {"The device has not asked for work since.", "设备此后还没有来查询任务。",
     "The device asks for work.", "设备在正常查询任务。"},
    {"Nobody has ordered it, and nothing starts it by itself.", "没有人下达升级，也不会自动开始。",
     "It was ordered, or starts by itself.", "升级已下达，或会自动开始。"},
}};

// The weight of an item such as "zh-CN;q=0.8" in thousandths; without one, 1000.
std::int64_t weight_of(std::string_view item) {
    auto const at = item.find("q=");
    if (at == std::string_view::npos) return 1000;
    auto const weight = trimmed(item.substr(at + 2));
    if (weight.empty() || weight.front() != '0') return 1000;
    if (weight.size() < 3) return 0;
    auto const digits = weight.substr(2, 3);
    auto number = text::read_whole(digits).value_or(0);
    for (auto length = digits.size(); length < 3; ++length) number *= 10;
    return number;
}

}  // namespace

Language read_language(std::string_view rest) {
    std::int64_t english = 0;
    std::int64_t chinese = 0;
    while (!rest.empty()) {
        auto const end = rest.find(',');
        auto const item = trimmed(rest.substr(0, end));
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        auto const tag = item.substr(0, item.find_first_of("-; "));
        if (same_name(tag, "zh")) chinese = std::max(chinese, weight_of(item));
        if (same_name(tag, "en")) english = std::max(english, weight_of(item));
    }
    return chinese > english ? Language::chinese : Language::english;
}

std::string_view text_of(Reason reason, bool holds, Language language) {
    auto const& all = sentences[static_cast<std::size_t>(reason)];
    if (language == Language::chinese) return holds ? all.holds_zh : all.not_so_zh;
    return holds ? all.holds : all.not_so;
}

std::string_view text_of_none(Language language) {
    return language == Language::chinese ? "没有任何因素阻止升级。" : "Nothing holds it back.";
}

}  // namespace updraft
