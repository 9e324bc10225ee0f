"""Compiles each source file by itself, with the options of a build directory, and makes no object files.

    alone.py BUILD JOBS

Builds compile several files at once, so a file that lacks an include may go unnoticed there. The precompiled headers
of BUILD must have been made. Generated files have no includes of their own and are left out.
"""
import concurrent.futures
import json
import pathlib
import shlex
import subprocess
import sys


def check_only(command):
    """The arguments of a compile command, changed to check the file and write nothing."""
    arguments = [one for one in shlex.split(command) if not one.endswith("/ccache")]
    place = arguments.index("-o")
    return arguments[:place] + ["-fsyntax-only"] + arguments[place + 2:]


def compiled(entry):
    ended = subprocess.run(check_only(entry["command"]), cwd=entry["directory"], text=True, check=False,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if ended.returncode == 0:
        return None
    return f"{entry['file']}\n{ended.stdout}"


def main(build, jobs):
    build = pathlib.Path(build).resolve()
    entries = json.loads((build / "compile_commands.json").read_text())
    ours = [one for one in entries if not pathlib.Path(one["file"]).is_relative_to(build)]
    assert ours, f"{build} has no compile commands"
    with concurrent.futures.ThreadPoolExecutor(int(jobs)) as pool:
        failed = [one for one in pool.map(compiled, ours) if one]
    for one in failed:
        print(one, file=sys.stderr)
    print(f"{len(ours)} files, {len(failed)} that do not compile by themselves")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
