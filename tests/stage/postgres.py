#!/usr/bin/python3
"""A temporary PostgreSQL for tests: a separate cluster, in memory, on its own socket.

`postgres.py start FILE` writes the URL of a running cluster into FILE; `postgres.py stop FILE` ends
it and removes everything. The system's own clusters are never touched. Journeys import Cluster.
"""
import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile

PATIENCE = 120  # Seconds; the commands take one or two.

SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "400",
    "shared_buffers": "'32MB'",
    "max_wal_size": "'256MB'",
    "log_min_messages": "warning",
}


def programs():
    """The folder of the newest initdb that Debian installed, or the one on the path."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"),
                   key=lambda path: int(path.parent.parent.name))
    if found:
        return found[-1].parent
    path = shutil.which("initdb")
    if path is None:
        raise SystemExit("no PostgreSQL is installed: ./dev setup installs it")
    return pathlib.Path(path).parent


def as_user():
    """PostgreSQL refuses to run as root: when the tests run as root, another user runs it."""
    if os.geteuid() != 0:
        return [], os.geteuid(), os.getegid()
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return (["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}",
                     "--clear-groups"], user.pw_uid, user.pw_gid)
    raise SystemExit("neither a user postgres nor a user nobody: PostgreSQL refuses to run as root")


class Cluster:
    """Starts when constructed; stop() ends it. `url()` is the URL of a database on it.

    Its default collation is English, as on many real clusters: Updraft must not depend on it.
    """

    def __init__(self, settings=None, root=None):
        """`root` is the parent of its folder: by default in memory, if the machine has such a file system."""
        self.prefix, user, group = as_user()
        self.programs = programs()
        if root is None:
            root = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="updraft-pg-", dir=root))
        os.chown(self.folder, user, group)
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self._make()
        lines = [f"{name} = {value}" for name, value in {**SETTINGS, **(settings or {})}.items()]
        lines.append(f"unix_socket_directories = '{self.folder}'")
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write("\n".join(lines) + "\n")
        self.start()

    def _make(self):
        self._run("initdb", "--auth=trust", "--username=updraft", "--encoding=UTF8",
                  "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US", "--no-sync",
                  "-D", self.data)

    def start(self):
        self._run("pg_ctl", "start", "--wait", f"--timeout={PATIENCE}", "-D", self.data, "-l",
                  self.log)

    def halt(self, mode="fast"):
        """Stops the server and keeps its data; start() continues with them."""
        self._run("pg_ctl", "stop", "--wait", f"--timeout={PATIENCE}", "-m", mode, "-D", self.data)

    def stop(self):
        with contextlib.suppress(subprocess.CalledProcessError):
            self.halt("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database="postgres"):
        return f"postgresql://updraft@/{database}?host={self.folder}"

    def sql(self, text, database="postgres"):
        """Runs SQL; returns the rows as text, columns separated by |."""
        asked = self._run("psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", self.url(database),
                          "-c", text)
        return asked.stdout.strip()

    def dump(self, url):
        """The whole content of a database as text, in bytes."""
        return self._run("pg_dump", "--inserts", "-d", url).stdout.encode()

    def create(self, database):
        self.sql(f'CREATE DATABASE "{database}"')
        return self.url(database)

    def drop(self, database):
        self.sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def server_process(self):
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def crash(self):
        """Kills all of its processes at once, as a power cut does."""
        self._signal_all(signal.SIGKILL)

    def freeze(self):
        """Stops all of its processes: it takes connections, and answers nothing."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self):
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number):
        server = self.server_process()
        children = [int(path.name) for path in pathlib.Path("/proc").glob("[0-9]*")
                    if parent_of(path) == server]
        for process in (server, *children):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)

    def _run(self, program, *arguments):
        command = [*self.prefix, self.programs / program, *arguments]
        # pg_ctl's server would inherit a pipe and keep it open: it writes to files instead.
        with tempfile.TemporaryFile("w+") as out:
            done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL,
                                  stdout=out, stderr=subprocess.STDOUT, timeout=2 * PATIENCE,
                                  cwd="/", check=False)
            out.seek(0)
            done.stdout = out.read()
        if done.returncode != 0:
            print(done.stdout, file=sys.stderr)
            done.check_returncode()
        return done


class Standby(Cluster):
    """Follows `primary`, which waits for it with every commit, until promote()."""

    def __init__(self, primary):
        self.primary = primary
        super().__init__()
        primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.sql("SELECT pg_reload_conf()")

    def _make(self):
        self._run("pg_basebackup", "--no-sync", "--checkpoint=fast", "--write-recovery-conf", "-d",
                  self.primary.url(), "-D", self.data)

    def promote(self):
        self._run("pg_ctl", "promote", "--wait", f"--timeout={PATIENCE}", "-D", self.data)


def parent_of(process):
    """The parent of a process, from its folder below /proc; None when the process has ended."""
    with contextlib.suppress(OSError):
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    return None


def stop_by(file):
    """Ends the cluster that FILE names, whether or not the process that started it is alive."""
    if not file.exists():
        return
    folder = pathlib.Path(file.read_text().strip().partition("?host=")[2])
    if folder.name.startswith("updraft-pg-"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            process = int((folder / "data/postmaster.pid").read_text().splitlines()[0])
            os.kill(process, signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)
    file.unlink()


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("start", "stop"):
        raise SystemExit(__doc__)
    file = pathlib.Path(sys.argv[2])
    stop_by(file)  # Also removes the folder of an earlier run that was killed.
    if sys.argv[1] == "start":
        file.write_text(Cluster().url())


if __name__ == "__main__":
    main()
