"""./dev test, with programs that do nothing in place of the compiler and the unit tests; ./dev alone."""
import json
import os
import shutil
import subprocess
import sys

import pytest

import stage

FAILING = """
import os

def test_works():
    pass

def test_fails_on_both():
    assert False, "a reason"

def test_fails_on_one():
    assert os.environ.get("UPDRAFT_STORE") != "postgresql"
"""


def run_dev(tmp_path, journeys, *arguments):
    """Runs ./dev in a copy of the project that has these files of journeys only."""
    shutil.copy(stage.ROOT / "dev", tmp_path / "dev")
    (tmp_path / "tests" / "journeys").mkdir(parents=True)
    (tmp_path / "tests" / "architecture.py").write_text("")
    for name, text in journeys.items():
        (tmp_path / "tests" / "journeys" / name).write_text(text)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, says in (("dpkg-query", "install ok installed"), ("cmake", ""), ("ctest", "")):
        (programs / name).write_text(f"#!/bin/sh\necho '{says}'\n")
        (programs / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "UPDRAFT_JOBS": "1",
                   # Its pytest would close the folder that the other tests share to other users.
                   "PYTEST_DEBUG_TEMPROOT": str(tmp_path)}
    for name in ("UPDRAFT_STORE", "UPDRAFT_PRESET"):
        environment.pop(name, None)
    return subprocess.run([str(tmp_path / "dev"), *arguments], env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=stage.PATIENCE)


def test_a_failed_run_names_its_journeys_in_the_last_lines(tmp_path):
    ended = run_dev(tmp_path, {"test_some.py": FAILING}, "test")
    assert ended.returncode != 0
    path = "tests/journeys/test_some.py::"
    assert "3 journeys failed" in ended.stdout.splitlines()[-4]
    assert sorted(ended.stdout.splitlines()[-3:]) == [
        f"{path}test_fails_on_both (postgresql)", f"{path}test_fails_on_both (sqlite)",
        f"{path}test_fails_on_one (postgresql)"]


@pytest.mark.parametrize("file, last", [("test_some.py", "tests/journeys/test_some.py (postgresql)"),
                                        ("conftest.py", "pytest ended with status 4 (postgresql)")])
def test_a_run_that_cannot_read_its_journeys_fails(tmp_path, file, last):
    ended = run_dev(tmp_path, {file: "import nothing_like_that"}, "test")
    assert ended.returncode != 0
    assert ended.stdout.splitlines()[-1] == last


@pytest.mark.parametrize("arguments", [["test"], ["test", "test_works"], ["test", "ANameOfAUnitTest"]])
def test_a_run_in_which_nothing_failed_succeeds(tmp_path, arguments):
    ended = run_dev(tmp_path, {"test_some.py": "def test_works():\n    pass\n"}, *arguments)
    assert ended.returncode == 0, ended.stdout
    assert "failed" not in ended.stdout


def test_a_file_that_needs_another_files_includes_is_found(tmp_path):
    sources = {"whole.cpp": "#include <string>\nstd::string text();\n",
               "lacking.cpp": "std::string other();\n"}
    commands = []
    for name, text in sources.items():
        (tmp_path / name).write_text(text)
        commands.append({"directory": str(tmp_path), "file": str(tmp_path / name),
                         "command": f"/usr/bin/ccache c++ -std=c++20 -o {name}.o -c {tmp_path / name}"})
    build = tmp_path / "build"
    build.mkdir()
    (build / "compile_commands.json").write_text(json.dumps(commands))
    program = [sys.executable, str(stage.ROOT / "tests" / "alone.py"), str(build), "1"]
    ended = subprocess.run(program, text=True, capture_output=True, timeout=stage.PATIENCE)
    assert ended.returncode == 1
    assert "2 files, 1 that do not compile by themselves" in ended.stdout
    assert "lacking.cpp" in ended.stderr and "whole.cpp" not in ended.stderr
    assert not list(tmp_path.glob("*.o"))

    (tmp_path / "lacking.cpp").write_text(sources["whole.cpp"])
    assert subprocess.run(program, capture_output=True, timeout=stage.PATIENCE).returncode == 0
