#!/usr/bin/python3
"""What a compiler can't check: who may include whom, banned calls, and traps of our compiler.

Each finding says what to write instead. An exception is a line in ALLOWED with its reason.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"

# Folder -> folders whose headers it may include: the table of docs/architecture.md. Its own folder
# always. "x:nouns" means only the headers listed in NOUNS.
NOUNS = {
    "access": {"app.h", "grant.h"},
    "fleet": {"device.h", "model.h"},
    "firmware": {"release.h", "artifact.h", "image.h"},
    "upgrade": {"upgrade.h"},
    "push": {"delivery.h", "announcement.h"},
}
ALL_NOUNS = {f"{folder}:nouns" for folder in NOUNS}
TRADE_BASE = {"vocabulary", "json", "ports"} | ALL_NOUNS
MAY_INCLUDE = {
    "vocabulary": set(),
    "json": {"vocabulary"},
    "ports": {"vocabulary"} | ALL_NOUNS,
    "access": TRADE_BASE,
    "fleet": TRADE_BASE,
    "firmware": TRADE_BASE,
    "push": TRADE_BASE | {"firmware/offer.h"},
    "upgrade": TRADE_BASE
    | {"firmware/offer.h", "fleet/ownership.h", "fleet/gateway.h", "push/outbox.h"},
    "sqlstore": TRADE_BASE,
    "blobdir": TRADE_BASE,
    "bucket": TRADE_BASE | {"blobdir"},
    "keeping": TRADE_BASE | {"sqlstore", "blobdir"},
    "webpost": TRADE_BASE,
    "http": {"vocabulary", "json", "ports"},
    "openota": TRADE_BASE | {"http", "access", "fleet", "firmware", "upgrade", "push"},
    "ddi": TRADE_BASE | {"http", "access", "fleet", "firmware", "upgrade", "push"},
    "admin": TRADE_BASE | {"http", "access", "fleet", "firmware", "upgrade", "push"},
    "simulator": {"vocabulary", "json", "ports", "http"},
    "cli": {"vocabulary", "json"},
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
}

BOOST_FOLDERS = {"http", "openota", "ddi", "admin", "app"}
BOOST_FILES = {"json/reader.cpp"}
SQL_FOLDERS = {"sqlstore"}
LINES_MAX = 500
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


def check_file(path: pathlib.Path) -> None:
    folder = path.relative_to(SRC).parts[0]
    inside = str(path.relative_to(SRC))
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix == ".h" and not (lines and lines[0].startswith("//")):
        find(path, 1, "open the header with its contract, four lines of prose")
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
    table = SRC / "app" / "settings_keys.cpp"
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
