"""docs/promises.md names only tests that exist, and each of its rows names a test."""
import re

import pytest
import stage

pytestmark = pytest.mark.once

DOCUMENT = (stage.ROOT / "docs" / "promises.md").read_text(encoding="utf-8")


def named():
    return set(re.findall(r"`([\w.]+(?:::|\.)\w+)`", DOCUMENT.split("\n## ", 1)[1]))


def written():
    """Every test of the sources, as the document would name it."""
    names = set()
    for path in stage.ROOT.glob("tests/*/**/*.cpp"):
        text = path.read_text(encoding="utf-8")
        names |= {f"{suite}.{name}"
                  for suite, name in re.findall(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)", text, re.M)}
    for path in stage.ROOT.glob("tests/journeys/test_*.py"):
        text = path.read_text(encoding="utf-8")
        names |= {f"{path.name}::{name}" for name in re.findall(r"^def (test_\w+)", text, re.M)}
    return names


def test_every_promise_names_tests_that_exist():
    promised = {name for name in named() if "::" in name or name[0].isupper()}
    assert len(promised) > 80
    assert sorted(promised - written()) == []


def test_every_row_names_a_test():
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| ") and "---" not in line]
    rows = [row for row in rows if not row.startswith("| promise |")]
    assert len(rows) > 40
    assert [row for row in rows if "`" not in row.split("|")[2]] == []
