#!/usr/bin/python3
"""What a compiler can't check: who may include whom, banned calls, and traps of our compiler.

Each finding says what to write instead. An exception is a line in ALLOWED with its reason.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"

# Folder -> folders whose headers it may include, besides its own: the table of docs/architecture.md.
# "x:nouns" means only the headers listed in NOUNS.
NOUNS = {
    "access": {"actor.h", "app.h", "grant.h", "operator.h", "role.h"},
    "fleet": {"device.h", "model.h"},
    "firmware": {"release.h", "artifact.h", "hold.h", "image.h", "version_inside.h"},
    "policy": {"policy.h"},
    "rollout": {"rollout.h", "plan.h", "place.h"},
    "upgrade": {"upgrade.h", "cause_word.h", "outcome_listener.h"},
    "push": {"delivery.h", "announcement.h"},
}
EVERYBODY = {"vocabulary", "text", "json"}
ALL_NOUNS = {f"{folder}:nouns" for folder in NOUNS}
DOMAIN_BASE = EVERYBODY | {"ports"} | ALL_NOUNS
VERBS = {"access", "fleet", "firmware", "policy", "rollout", "staging", "upgrade", "push"}
EDGE = DOMAIN_BASE | VERBS | {"http", "usecases"}
MAY_INCLUDE = {
    "text": set(),
    "vocabulary": {"text"},
    "json": {"vocabulary", "text"},
    "ports": {"vocabulary", "text"} | ALL_NOUNS,
    "access": DOMAIN_BASE | {"fleet/gateway.h"},
    "fleet": DOMAIN_BASE,
    "firmware": DOMAIN_BASE | {"rollout"},
    "policy": DOMAIN_BASE,
    "rollout": DOMAIN_BASE | {"policy", "fleet/tag.h"},
    "staging": DOMAIN_BASE | (VERBS - {"push"}) | {"audit", "leases"},
    "push": DOMAIN_BASE | {"firmware/candidate.h", "firmware/offer.h", "firmware/running.h", "rollout", "leases", "audit"},
    "upgrade": DOMAIN_BASE | {"rollout", "firmware/candidate.h", "firmware/eligibility.h", "firmware/offer.h", "firmware/running.h", "fleet/ownership.h",
                              "fleet/gateway.h", "policy"},
    "leases": EVERYBODY | {"ports"},
    "audit": EVERYBODY | {"ports", "access:nouns"},
    "usecases": DOMAIN_BASE | VERBS | {"audit"},
    "channel": DOMAIN_BASE | VERBS | {"http"},
    "sqlstore": DOMAIN_BASE | {"rollout/read_audience.h", "rollout/read_plan.h", "rollout/write_plan.h"},
    "blobdir": DOMAIN_BASE,
    "bucket": DOMAIN_BASE | {"blobdir"},
    "keeping": DOMAIN_BASE | {"sqlstore", "blobdir"},
    "webpost": DOMAIN_BASE,
    "http": EVERYBODY | {"ports"},
    "openota": EDGE,
    "ddi": EDGE | {"channel"},
    "admin": EDGE | {"audit"},
    "simulator": EVERYBODY | {"ports", "http"},
    "cli": EVERYBODY,
    "app": None,  # Everything.
}

# (pattern, folders it is banned outside of, what to write instead)
BANNED = [
    (r"system_clock::now|steady_clock::now|\btime\(nullptr\)|clock_gettime\(CLOCK_REALTIME",
     {"app", "simulator"}, "take `Instant now` as an argument (ports/clock.h)"),
    (r"sleep_for|\busleep\(|\bsleep\(", {"app"}, "wait for the event itself"),
    (r"std::random_device|std::mt19937|\brand\(\)|randombytes_buf", {"app", "simulator"},
     "take a IdSource (ports/id_source.h)"),
    (r"\bassert\(false\)|\babort\(\)", set(), "answer an Error; assertions state what code guarantees"),
    (r"\b(TODO|FIXME|XXX)\b", set(), "finish it, or file an issue"),
    (r"std::cout|std::cerr|\bprintf\(", {"app", "cli", "simulator"}, "log through the app's journal"),
]
# "path: pattern" -> reason.
ALLOWED = {
    "http/ticker.h": "steady_clock drives I/O deadlines, which no rule of the domain sees",
    "http/ticker.cpp": "steady_clock drives I/O deadlines, which no rule of the domain sees",
    "webpost/curl_http_client.cpp":
        "steady_clock drives deadlines of posts, which no rule of the domain sees",
}

BOOST_FOLDERS = {"http", "channel", "openota", "ddi", "admin", "app"}
BOOST_FILES = {"json/reader.cpp"}
SQL_FOLDERS = {"sqlstore"}
LINES_MAX = 400
COLUMNS_MAX = 100

findings: list[str] = []


def find(path: pathlib.Path, line: int, text: str) -> None:
    findings.append(f"{path.relative_to(ROOT)}:{line}: {text}")


def without_comments(line: str) -> str:
    return re.sub(r"//.*", "", line)


def check_include(path: pathlib.Path, folder: str, number: int, included: str) -> None:
    if "/" not in included:
        return
    target, name = included.split("/", 1)
    if not (SRC / target).is_dir() or target == folder:
        return
    allowed = MAY_INCLUDE[folder]
    if allowed is None or target in allowed or included in allowed:
        return
    if f"{target}:nouns" in allowed and name in NOUNS.get(target, set()):
        return
    find(path, number, f"{folder}/ may not include {included}: see \"Who may include whom\" in "
                       "docs/architecture.md")


CO_AWAIT_TRAP = re.compile(r"co_await\b[^;]*(\[[^\]]*[&=\w][^\]]*\]\s*\(|[(,]\s*(\w+(::\w+)*)?\{[^}]*\w)")


# A temporary in the condition lives as long as the switch does, and is destroyed twice by a coroutine
# that waits inside it.
SWITCH_ON_A_CALL = re.compile(r"\bswitch\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*\{")


def check_switches(path: pathlib.Path, text: str) -> None:
    code = "\n".join(without_comments(line) for line in text.splitlines())
    for match in SWITCH_ON_A_CALL.finditer(code):
        condition = match[0][match[0].index("(") + 1:match[0].rindex(")")]
        if "(" not in condition:
            continue
        depth, end = 1, match.end()
        while depth and end < len(code):
            depth += {"{": 1, "}": -1}.get(code[end], 0)
            end += 1
        if "co_await" in code[match.end():end]:
            find(path, code.count("\n", 0, match.start()) + 1,
                 "g++ 12 destroys a temporary in a switch that awaits twice: name the value first")


# A path of the sources or the tests in a sentence: "upgrade/order.h", "http/listener", "order.h".
NAMED_FILE = re.compile(r"(?<![\w/.*])((?:[a-z_0-9]+/)*[a-z_0-9]+(?:\.h|\.cpp|\.sql)|(?:[a-z_0-9]+/)+[a-z_0-9]+)(?![\w/])")


def contract_of(lines: list[str]) -> list[str]:
    """The comment that a header opens with, without its slashes."""
    contract = []
    for line in lines:
        if not line.startswith("//"):
            break
        contract.append(line[2:].removeprefix(" "))
    return contract


def exists(named: str, folder: pathlib.Path) -> bool:
    """True when the file that a contract names exists: below its folder or the one above, src/ or tests/."""
    for base in (folder, folder.parent, SRC, ROOT / "tests", ROOT):
        place = base / named
        if place.exists() or any(place.parent.glob(place.name + ".*")):
            return True
    return False


def check_contract(path: pathlib.Path, lines: list[str]) -> None:
    contract = contract_of(lines)
    if not contract or contract[0].startswith("Lives here:"):
        find(path, 1, "open the header with its contract: first what it is, in a sentence")
        return
    for part in ("Lives here:", "Not here:"):
        if not any(line.startswith(part) for line in contract):
            find(path, 1, f"the contract lacks a paragraph that begins with \"{part}\"")
        if any(part in line and not line.startswith(part) for line in contract):
            find(path, 1, f"\"{part}\" begins a paragraph of its own")
    in_not_here = False
    for number, line in enumerate(contract, 1):
        in_not_here = in_not_here or line.startswith("Not here:")
        if in_not_here and not line.strip():
            break  # The text after it explains, and may name files that do not exist.
        for named in NAMED_FILE.findall(line):
            top = named.split("/")[0]
            is_file = named.endswith((".h", ".cpp", ".sql"))
            if (is_file or (SRC / top).is_dir()) and not exists(named, path.parent):
                find(path, number, f"the contract names {named}, which is not there")


def check_file(path: pathlib.Path) -> None:
    folder = path.relative_to(SRC).parts[0]
    inside = str(path.relative_to(SRC))
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix == ".h":
        check_contract(path, lines)
    if len(lines) > LINES_MAX:
        find(path, len(lines), f"over {LINES_MAX} lines: which two subjects live in it?")
    check_switches(path, "\n".join(lines))
    for number, line in enumerate(lines, 1):
        code = without_comments(line)
        if len(line) > COLUMNS_MAX and "http" not in line and 'R"' not in line:
            find(path, number, f"over {COLUMNS_MAX} columns")
        if match := re.match(r'\s*#include "([^"]+)"', code):
            check_include(path, folder, number, match[1])
        if re.match(r"\s*#include <boost/", code) and folder not in BOOST_FOLDERS and inside not in BOOST_FILES:
            find(path, number, "Boost stays in the edges; the domain speaks plain C++")
        if re.search(r"sqlite3_|\bPQ[a-z]+\(", code) and folder not in SQL_FOLDERS:
            find(path, number, "SQL stays in sqlstore/")
        if path.suffix == ".h" and re.search(r"\busing namespace\b", code):
            find(path, number, "no `using namespace` in a header")
        for pattern, outside, instead in BANNED:
            if re.search(pattern, code) and folder not in outside and inside not in ALLOWED:
                find(path, number, f"`{re.search(pattern, code)[0]}` is banned here: {instead}")
        if CO_AWAIT_TRAP.search(code):
            find(path, number, "g++ 12 destroys braces and capturing lambdas inside co_await twice: "
                               "name it as a local first, pass it with std::move")


def check_included_somewhere(files: list[pathlib.Path]) -> None:
    everything = "\n".join(
        p.read_text(encoding="utf-8")
        for p in [*files, *ROOT.glob("tests/**/*.cpp"), *ROOT.glob("tests/**/*.h"), *ROOT.glob("bench/**/*.cpp"),
                  ROOT / "CMakeLists.txt"])
    for path in files:
        name = str(path.relative_to(SRC))
        if path.suffix == ".h" and f'"{name}"' not in everything and name not in everything:
            find(path, 1, "nothing includes this header: remove it")


def check_settings_documented() -> None:
    example = ROOT / "updraft.example.toml"
    table = SRC / "app" / "settings" / "settings_keys.cpp"
    if not example.exists() or not table.exists():
        return
    text = example.read_text(encoding="utf-8")
    for section, key in re.findall(r'\{\s*"(\w+)",\s*"(\w+)"', table.read_text(encoding="utf-8")):
        if f"[{section}]" not in text or not re.search(rf"^#?\s*{key}\s*=", text, re.M):
            find(table, 1, f"[{section}] {key} is not in updraft.example.toml")


def check_twins() -> None:
    english, chinese = ROOT / "README.md", ROOT / "README.zh-CN.md"
    counts = [len(re.findall(r"^#", p.read_text(encoding="utf-8"), re.M)) for p in (english, chinese)]
    if counts[0] != counts[1]:
        find(chinese, 1, f"{counts[1]} headings, README.md has {counts[0]}: the twins have drifted apart")


def main() -> int:
    files = sorted([*SRC.glob("**/*.h"), *SRC.glob("**/*.cpp")])
    for path in files:
        check_file(path)
    check_included_somewhere(files)
    check_settings_documented()
    check_twins()
    for finding in findings:
        print(finding)
    print(f"architecture: {len(files)} files, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
