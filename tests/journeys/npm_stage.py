"""Packages of npm for a test: the versions and digests of a package-lock.json of ours.

npm installs them when npm is there. Otherwise they are fetched from the registry and compared with the
same digests, because Debian's nodejs comes without npm.
"""
import base64
import concurrent.futures
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import tarfile
import urllib.error
import urllib.request

import pytest

INSTALL_SECONDS = 600
FETCH_SECONDS = 60
PACKED_BYTES_MAX = 30_000_000
AT_ONCE = 4


def registry():
    """As npm would choose it."""
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        if os.environ.get(name):
            return os.environ[name].rstrip("/")
    for file in (pathlib.Path.home() / ".npmrc", pathlib.Path("/etc/npmrc")):
        if file.exists() and (found := re.search(r"^registry\s*=\s*(\S+)", file.read_text(), re.M)):
            return found[1].rstrip("/")
    return "https://registry.npmjs.org"


def fetch_one(folder, place, package):
    """The package, checked against its digest, at its place in the folder."""
    name = place.rpartition("node_modules/")[2]
    file = f"{name.rsplit('/', 1)[-1]}-{package['version']}.tgz"
    with urllib.request.urlopen(f"{registry()}/{name}/-/{file}", timeout=FETCH_SECONDS) as got:
        packed = got.read(PACKED_BYTES_MAX)
    digest = base64.b64encode(hashlib.sha512(packed).digest()).decode()
    assert package["integrity"] == f"sha512-{digest}", f"{file} is not what was locked"
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            inside = pathlib.PurePosixPath(*pathlib.PurePosixPath(member.name).parts[1:])
            if not member.isfile() or ".." in inside.parts:
                continue
            target = folder / place / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.extractfile(member).read())


def fetch(project, folder):
    """Every package of the lock file, into node_modules."""
    lock = json.loads((project / "package-lock.json").read_text())
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        tasks = [pool.submit(fetch_one, folder, place, package)
                 for place, package in lock["packages"].items() if place]
        for task in tasks:
            task.result()


def install(project, folder):
    """Copies the files of the project into the folder, with its packages in node_modules.

    Skips the test when node is not installed or the registry cannot be reached.
    """
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    for file in project.iterdir():
        shutil.copy(file, folder)
    try:
        if shutil.which("npm"):
            done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                                  cwd=folder, capture_output=True, text=True,
                                  timeout=INSTALL_SECONDS, check=False)
            if done.returncode == 0:
                return
            assert "EINTEGRITY" not in done.stderr, done.stderr
        fetch(project, folder)
    except (urllib.error.URLError, OSError, subprocess.TimeoutExpired) as trouble:
        pytest.skip(f"the npm registry {registry()} cannot be reached: {trouble}")
