"""PgBouncer in front of a PostgreSQL of the tests, with deploy/pgbouncer.ini."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

import postgres
import pytest
import stage

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
needs_pgbouncer = pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is missing")

# Only the name of the socket: nothing listens on a port.
PORT = 6432
PASSWORD = "a-word"


class Bouncer:
    """PgBouncer with deploy/pgbouncer.ini, where only addresses and `changes` differ."""

    def __init__(self, cluster, database, changes=None):
        self.cluster, self.database = cluster, database
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bouncer-", dir=cluster.folder))
        owner = cluster.folder.stat()
        os.chown(self.folder, owner.st_uid, owner.st_gid)
        users = self.folder / "userlist.txt"
        users.write_text(f'"updraft" "{PASSWORD}"\n')
        users.chmod(0o644)
        values = {"listen_addr": "", "unix_socket_dir": self.folder, "auth_file": users,
                  "listen_port": PORT, **(changes or {})}
        text = (stage.ROOT / "deploy" / "pgbouncer.ini").read_text()
        text, count = re.subn(r"^updraft = host=\S+ port=5432 dbname=updraft$",
                              f"updraft = host={cluster.folder} dbname={database} user=updraft",
                              text, flags=re.M)
        assert count == 1
        for name, value in values.items():
            text = re.sub(rf"^{name} =.*\n", "", text, flags=re.M) + f"{name} = {value}\n"
        self.config = self.folder / "pgbouncer.ini"
        self.config.write_text(text)
        self.config.chmod(0o644)
        self.log = self.folder / "log"
        self.child = None

    @property
    def url(self):
        return f"postgresql://updraft:{PASSWORD}@/updraft?host={self.folder}&port={PORT}"

    def start(self):
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(
                [*self.cluster.prefix, PROGRAM, self.config], stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, cwd="/")
        stage.wait_until(self._answers, "PgBouncer")
        return self

    def _answers(self):
        assert self.child.poll() is None, self.log.read_text(errors="replace")
        return self.sql("SELECT 1", check=False) == "1"

    def sql(self, text, check=True):
        """Runs SQL through PgBouncer; returns the rows as text."""
        asked = subprocess.run(
            [postgres.programs() / "psql", "-qAtX", "-v", "ON_ERROR_STOP=1", self.url, "-c", text],
            capture_output=True, text=True, timeout=stage.PATIENCE, stdin=subprocess.DEVNULL,
            check=check)
        return asked.stdout.strip()

    def kill(self):
        """Kills PgBouncer at once, as a power cut does."""
        if self.child and self.child.poll() is None:
            self.child.send_signal(signal.SIGKILL)
            self.child.wait(stage.PATIENCE)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()
