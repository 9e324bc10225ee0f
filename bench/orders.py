# SPDX-License-Identifier: Apache-2.0
"""Durable orders of one device each, by one caller and by many.

A measurement ends when its time is over or when every device is ordered, whichever comes first, and
is computed from the time that it really took. Afterwards the orders are cancelled, so that the next
measurement finds the same devices without an upgrade.
"""
import json
import random
import statistics
import subprocess

from busy import least_disturbed
from load import load, raw_request

CALLERS = 64
ROUNDS = 3
SPAN_SECONDS_MAX = 2.0
ORDERS_PER_SECOND_MAX = 100_000  # Faster than any disk: bounds how many requests are prepared.
CANCEL_SECONDS_MAX = 600


def orders_at_most(devices, seconds):
    """The number of orders to prepare for a measurement of that many seconds."""
    return min(devices, int(seconds * ORDERS_PER_SECOND_MAX))


def per_second(done, seconds):
    """Orders per second, from the answered requests and the time that they took."""
    if done <= 0 or seconds <= 0:
        raise SystemExit("nothing was ordered: there are too few devices")
    return done / seconds


class Orders:
    """Orders of the bulk user's devices, in no order."""

    def __init__(self, build, folder, fleet, seconds):
        self.build, self.folder, self.server = build, folder, fleet.server
        self.seconds = seconds
        self.ran_out = False
        self.headers = fleet.headers("bulk")
        dids = fleet.bulk_devices()
        random.Random(3).shuffle(dids)
        self.dids = dids[:orders_at_most(len(dids), seconds)]

    def rate(self, callers):
        """Durable orders per second by that many callers."""
        figures = self._load("/open/ota/upgrade/firmware/selected", self.dids, self.seconds,
                             callers)
        if figures["sent"] == len(self.dids) and not self.ran_out:
            self.ran_out = True
            print(f"  (all {len(self.dids):,} devices are ordered before the time is over)",
                  flush=True)
        self._load("/open/ota/upgrade/cancel", self.dids[:figures["sent"]], CANCEL_SECONDS_MAX,
                   CALLERS)
        return per_second(figures["requests"], figures["seconds"])

    def _load(self, path, dids, seconds, callers):
        requests = [raw_request("POST", path, self.headers, json.dumps({"did": did}).encode())
                    for did in dids]
        return load(self.build, self.server.port, self.server.pid, requests, seconds, callers,
                    self.folder, once=True)


def bare_rate(build, copy, seconds):
    """Rows per second that a bare loop writes into a copy of the database."""
    ran = subprocess.run([build / "bench/bench_rows", copy, str(seconds), "bulk", str(CALLERS)],
                         capture_output=True, text=True, check=True)
    figures = json.loads(ran.stdout)
    return per_second(figures["rows"], figures["seconds"])


def bench_orders(build, folder, table, fleet, seconds, size):
    """On SQLite, beside a bare loop that writes the same rows."""
    span = min(seconds, SPAN_SECONDS_MAX)
    copy = folder / "copy.db"
    subprocess.run(["sqlite3", fleet.server.data / "updraft.db", f".backup {copy}"], check=True)
    orders = Orders(build, folder, fleet, span)

    def measure(_):
        alone = orders.rate(1)
        pairs = [(orders.rate(CALLERS), bare_rate(build, copy, span)) for _ in range(ROUNDS)]
        return alone, pairs

    measured = least_disturbed(measure)
    for name in ("copy.db", "copy.db-wal", "copy.db-shm"):
        (folder / name).unlink(missing_ok=True)
    alone, pairs = measured.value
    rate, bare = (statistics.median(column) for column in zip(*pairs))
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    table.add(f"durable orders, {CALLERS} callers, {size}", f"{rate:,.0f}/s",
              f"{bare:,.0f}/s bare SQLite", f"{ratio:.2f}", "≥ 0.5", ratio >= 0.5, measured.text())
    table.add(f"the same beside one caller, {size}", f"{rate:,.0f}/s", f"{alone:,.0f}/s one caller",
              f"{rate / alone:.1f}", "≥ 2", rate / alone >= 2, measured.text())


def bench_orders_on_postgresql(build, folder, table, fleet, seconds, size):
    """There is no bare loop beside them: only one caller."""
    orders = Orders(build, folder, fleet, seconds)
    measured = least_disturbed(lambda _: (orders.rate(1), orders.rate(CALLERS)))
    alone, many = measured.value
    table.add(f"durable orders on PostgreSQL, {CALLERS} callers, {size}", f"{many:,.0f}/s",
              f"{alone:,.0f}/s one caller", f"{many / alone:.1f}", "≥ 2", many / alone >= 2,
              measured.text())
