# SPDX-License-Identifier: Apache-2.0
"""The store on PostgreSQL for ./dev bench --store postgresql: a server of its own, and pgbench."""
import contextlib
import hashlib
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "stage"))

import busy  # noqa: E402
import postgres  # noqa: E402  (found through the line above)
from load import CONNECTIONS, ROUNDS, load  # noqa: E402

# On the disk, durable, and with the memory that a small machine would give it.
SETTINGS = {
    "fsync": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "'1GB'",
    "max_wal_size": "'4GB'",
}

READERS = 10  # Connections that an instance reads with, unless it is told otherwise.

# The data that a query of one device and a poll read, each as one select.
SELECTED = """SELECT t.kind, t.family, t.appid, t.open_id, t.expires_at, t.spent, d.did, d.name,
d.model, d.version, d.open_id FROM tokens t, devices d
WHERE t.digest = :digest AND d.did = :did"""
POLL = """SELECT d.did, d.name, d.model, d.version, d.open_id, d.gateway_did, d.token_digest,
d.attributes_wanted, d.installed, d.last_seen, d.created_at, u.id, u.state
FROM devices d LEFT JOIN upgrades u ON u.did = d.did AND u.finished_at IS NULL
WHERE d.did = :did"""


@contextlib.contextmanager
def cluster(root):
    """A PostgreSQL below that folder."""
    made = postgres.Cluster(SETTINGS, root)
    busy.counts_as_own(made.server_process())  # pg_ctl started it: it is no child of the bench.
    try:
        yield made
    finally:
        made.stop()


def settled(made, database):
    """Makes statistics of the tables, as PostgreSQL's autovacuum does."""
    for table in ("devices", "tokens", "grants", "users"):
        made.sql(f"VACUUM (ANALYZE) {table}", database)
    made.sql("CHECKPOINT", database)


def size_mb(made, database):
    return int(made.sql(f"SELECT pg_database_size('{database}')", database)) / 1e6


def pgbench(made, database, script, seconds, connections):
    """Transactions per second of that script, prepared, through that many connections."""
    with tempfile.NamedTemporaryFile("w", dir=made.folder, suffix=".sql") as file:
        file.write(script)
        file.flush()
        pathlib.Path(file.name).chmod(0o644)
        command = [*made.prefix, made.programs / "pgbench", "--no-vacuum", "--protocol=prepared",
                   f"--client={connections}", f"--jobs={min(connections, 2)}",
                   f"--time={max(1, round(seconds))}", f"--file={file.name}",
                   made.url(database)]
        ran = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                             cwd="/", check=False)
    found = re.search(r"^tps = ([\d.]+)", ran.stdout, re.M)
    if ran.returncode != 0 or not found:
        raise SystemExit(f"pgbench: {ran.stdout}\n{ran.stderr}")
    return float(found[1])


def rates(build, folder, ours, theirs, seconds, connections):
    """Requests per second of (port, pid, requests) through that many connections, and runs of a
    pgbench, interleaved: medians, and the median of the ratios."""
    port, pid, requests = ours
    found, baselines = [], []
    for _ in range(ROUNDS):
        found.append(load(build, port, pid, requests, seconds, connections, folder)["rate"])
        baselines.append(theirs())
    ratios = [a / b for a, b in zip(found, baselines)]
    return statistics.median(found), statistics.median(baselines), statistics.median(ratios)


def bench_reads(build, folder, table, made, fleet, seconds, size):
    """A query of one device and a poll beside pgbench, which reads the same data by one select."""
    users = fleet.some_users(20)
    digests = [hashlib.sha256(headers["Access-Token"].encode()).hexdigest()
               for headers in users.values()]
    tokens = "(ARRAY[" + ", ".join(f"'{digest}'" for digest in digests) + "])[:t]"
    did = "'device-' || lpad(:n::text, 7, '0')"
    chance = f"\\set t random(1, {len(digests)})\n\\set n random(0, {fleet.count - 1})\n"
    server = fleet.server
    for name, requests, select in (
            ("query/firmware/selected", fleet.selected_requests(users), SELECTED),
            ("DDI poll", fleet.poll_requests(1000), POLL)):
        script = chance + select.replace(":digest", tokens).replace(":did", did).replace("\n", " ")
        for connections in (CONNECTIONS, READERS):
            def theirs(script=script, connections=connections):
                return pgbench(made, fleet.database, script + ";\n", seconds, connections)
            own = (server.port, server.pid, requests)
            measured = busy.least_disturbed(
                lambda _, own=own, theirs=theirs, connections=connections: rates(
                    build, folder, own, theirs, seconds, connections))
            ours, baseline, ratio = measured.value
            table.add(f"{name} on PostgreSQL, {connections} connections, {size}", f"{ours:,.0f}/s",
                      f"{baseline:,.0f}/s, the same as one prepared select by pgbench",
                      f"{ratio:.2f}", "≥ 0.5", ratio >= 0.5, measured.text())
