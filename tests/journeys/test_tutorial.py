"""docs/tutorial.md: its commands run one after the other, and print what the page says."""
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess

import pytest
import stage

pytestmark = pytest.mark.once

ENGLISH = (stage.ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
CHINESE = (stage.ROOT / "docs" / "tutorial.zh-CN.md").read_text(encoding="utf-8")
END = "--- end of step ---"


def blocks(page):
    """The fenced blocks of a page as pairs of the words after the fence and the content."""
    return re.findall(r"^```(\w[\w ]*)\n(.*?)^```$", page, re.M | re.S)


def steps(page):
    """Pairs of commands and what they print; None where the page shows nothing."""
    shown = blocks(page)
    found = []
    for (kind, content), (after, output) in zip(shown, shown[1:] + [("", "")]):
        if kind == "sh":
            found.append((content, output if after in ("json", "text") else None))
    return found


def without_blanks(text):
    return re.sub(r"\s+", "", text)


def matches(shown, printed):
    """True when `printed` is `shown`, where … stands for any text and blanks do not count."""
    pattern = ".*?".join(re.escape(part) for part in without_blanks(shown).split("…"))
    return re.fullmatch(pattern, without_blanks(printed), re.S) is not None


def free_ports(count):
    """Ports that were free a moment ago; all different."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [str(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


def run(script, folder, environment):
    """Exit status, stdout and stderr. Nothing that the script started is left behind."""
    child = subprocess.Popen(["sh", "-c", script], cwd=folder, env=environment, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    try:
        told, errors = child.communicate(timeout=4 * stage.PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        told, errors = child.communicate()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    return child.returncode, told, errors


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_commands_work_as_printed_and_print_what_the_page_says(tmp_path):
    there = steps(ENGLISH)
    assert len(there) > 15 and sum(output is not None for _, output in there) > 10
    # The only difference from the page: other tests may use its ports at the same time.
    server, receiver = free_ports(2)

    def moved(text):
        return text.replace("8080", server).replace("9000", receiver)

    script = "set -eu\n" + "".join(f"{moved(command)}echo '{END}'\n" for command, _ in there)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "updraft").symlink_to(stage.binary())
    environment = {name: value for name, value in os.environ.items() if not name.startswith("UPDRAFT_")}
    environment |= {"PATH": f"{programs}:{os.environ['PATH']}", "NO_PROXY": "*", "no_proxy": "*",
                    "UPDRAFT_URL": f"http://127.0.0.1:{server}"}
    status, told, errors = run(script, tmp_path, environment)
    printed = told.split(END + "\n")
    for (command, output), real in zip(there, printed):
        if output is not None:
            assert matches(moved(output), real), f"{command}\nprinted\n{real}\n{errors}"
    assert status == 0, told[-2000:] + errors[-2000:]
    assert len(printed) == len(there) + 1


def test_both_languages_show_the_same_commands_and_output():
    assert blocks(CHINESE) == blocks(ENGLISH)
