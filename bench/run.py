#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What ./dev bench measures: each figure beside its baseline from the same run.

    bench/run.py --build DIR [--store sqlite|postgresql] [--devices N,N] [--seconds S] [--write FILE]
                 [NAME...]

NAMEs: constant, idle, downloads, upload, pushes, reads, orders, large-order, rollouts, start, abuse; on
PostgreSQL reads, orders, large-order, beside pgbench, and abuse; all when none is given. CPU figures
are the processor time of the server's process by the kernel's count, divided by the requests
answered; baselines run interleaved with what they are compared to, and medians are shown. Beside each
figure is the time that other processes used while it was measured, in percent of all cores; a figure that
others disturbed is measured again (busy.py).
"""
import argparse
import os
import pathlib
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile

import abuse
import postgresql
import pushes
from busy import least_disturbed
from fleet import DEVICES_PER_USER, MODEL, Fleet
from large_order import bench_large_order
from load import ROUNDS, answer_to, compare, load, raw_request
from orders import bench_orders, bench_orders_on_postgresql
from processes import Server, answering, nginx, resident_bytes
from rollouts import bench_rollouts
from table import Table, say


def bench_constant(build, folder, table, seconds):
    say("a constant answer: our listener and nginx")
    body = '{"code":0,"result":[{"did":"device-0000001","name":"Lamp 1","deviceModel":"' + MODEL + \
           '","firmwareVersion":"1.0.0","upgradeFirmware":{"firmwareVersion":"2.0.0",' \
           '"fileSize":"4096","updateLog":"Fixes and more.","releaseDate":"2026-11-23"}}]}'
    headers = {"Appid": "0" * 24, "Appkey": "0" * 32, "Access-Token": "0" * 43}
    path = "/open/ota/query/firmware/selected"
    requests = [raw_request("POST", path, headers, b'{"did":"device-0000001"}')]
    with answering(build, body, "POST", path) as (port, pid), nginx(folder, body) as (other, worker):
        measured = least_disturbed(lambda _: compare(
            build, folder, (port, pid, requests), (other, worker, requests), seconds))
    ours, theirs, ratio = measured.value
    table.add("constant answer", f"{ours:.1f} µs", f"{theirs:.1f} µs nginx `return 200`",
              f"{ratio:.2f}", "≤ 1.2", ratio <= 1.2, measured.text())


def beside_constant(build, folder, server, requests, route, seconds):
    """The result of compare() for those requests and for a constant answer of the same size."""
    body = answer_to(server.port, requests[0])
    with answering(build, body, *route) as (port, pid):
        return least_disturbed(lambda _: compare(
            build, folder, (server.port, server.pid, requests), (port, pid, requests), seconds))


def bench_reads(build, folder, table, fleet, seconds, size):
    server = fleet.server
    users = fleet.some_users(200)

    path = "/open/ota/query/firmware/selected"
    measured = beside_constant(build, folder, server, fleet.selected_requests(users),
                               ("POST", path), seconds)
    ours, constant, ratio = measured.value
    table.add(f"query/firmware/selected, {size}", f"{ours:.1f} µs", f"{constant:.1f} µs constant",
              f"{ratio:.2f}", "≤ 2.0", ratio <= 2.0, measured.text())

    measured = beside_constant(build, folder, server, fleet.poll_requests(1000),
                               ("GET", "/{tenant}/controller/v1/{did}"), seconds)
    ours, constant, ratio = measured.value
    table.add(f"DDI poll, {size}", f"{ours:.1f} µs", f"{constant:.1f} µs constant", f"{ratio:.2f}",
              "≤ 2.0", ratio <= 2.0, measured.text())

    path = "/open/ota/query/firmware"
    requests = [raw_request("POST", path, headers, b"{}") for headers in users.values()]
    body = answer_to(server.port, requests[0])
    if body.count('"upgradeFirmware"') != DEVICES_PER_USER:
        raise SystemExit("the list is not of fifty devices: " + body[:300])
    measured = beside_constant(build, folder, server, requests, ("POST", path), seconds)
    ours, constant, _ = measured.value
    table.add(f"query/firmware, 50 devices, {size}", f"{ours:.1f} µs",
              f"{constant:.1f} µs constant of the same size", f"+{ours - constant:.1f} µs",
              "≤ +60 µs", ours - constant <= 60, measured.text())


def starts(build, data):
    """The seconds of a start and the MB resident then: medians of three."""
    times, sizes = [], []
    for _ in range(3):
        server = Server(build, data)
        server.call("GET", "/readyz")
        times.append(server.start_seconds)
        sizes.append(resident_bytes(server.pid) / 1e6)
        server.stop()
    return statistics.median(times), statistics.median(sizes)


def bench_start(build, table, data, size):
    measured = least_disturbed(lambda _: starts(build, data))
    took, resident = measured.value
    table.add(f"start-up, {size}", f"{took:.2f} s", "", "", "< 1 s", took < 1, measured.text())
    table.add(f"resident memory then, {size}", f"{resident:.0f} MB", "", "", "< 200 MB",
              resident < 200, measured.text())


def idle_connections(build, data):
    """The KB that an idle keep-alive connection takes, and how many there were."""
    server = Server(build, data, threads=0)
    request = raw_request("GET", "/healthz")
    before = resident_bytes(server.pid)
    links = []
    for _ in range(10_000 if resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 10_500 else 500):
        link = socket.create_connection(("127.0.0.1", server.port))
        link.sendall(request)
        links.append(link)
    for link in links:
        link.recv(65536)
    grown = (resident_bytes(server.pid) - before) / len(links) / 1024
    for link in links:
        link.close()
    server.stop()
    return grown, len(links)


def bench_idle(build, folder, table):
    say("10,000 idle keep-alive connections")
    measured = least_disturbed(lambda _: idle_connections(build, folder / "idle"))
    grown, links = measured.value
    table.add(f"an idle connection ({links:,} of them)", f"{grown:.1f} KB", "", "", "< 16 KB",
              grown < 16, measured.text())


def median_per_gb(build, folder, one, other, seconds):
    """CPU seconds per GB sent by two (port, pid, requests), interleaved."""
    costs = [[], []]
    for _ in range(ROUNDS):
        for cost, (port, pid, requests) in zip(costs, (one, other)):
            figures = load(build, port, pid, requests, seconds, 4, folder)
            cost.append(figures["cpu_total_us"] / 1e6 / (figures["bytes"] / 1e9))
    ratios = [a / b for a, b in zip(*costs)]
    return statistics.median(costs[0]), statistics.median(costs[1]), statistics.median(ratios)


def offered_file(server, model, mebibytes, folder):
    """The request by which a device fetches a file of that size; the same file for nginx."""
    path = folder / "files" / f"{mebibytes}.bin"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(os.urandom(1 << 20) * mebibytes)
    release = server.call("POST", "/admin/v1/firmware",
                          {"deviceModel": model, "firmwareVersion": "2"})
    with open(path, "rb") as file:
        server.call("PUT", f"/admin/v1/firmware/{release['id']}/file", body=file,
                    headers={"Content-Length": str(path.stat().st_size)})
    server.call("POST", f"/admin/v1/firmware/{release['id']}/release")
    device = server.call("PUT", f"/admin/v1/devices/{model}",
                         {"deviceModel": model, "firmwareVersion": "1"})
    headers = {"Authorization": "TargetToken " + device["deviceToken"]}
    server.call("POST", "/admin/v1/orders", {"dids": [model]})
    base = server.call("GET", f"/DEFAULT/controller/v1/{model}", headers=headers)
    link = base["_links"]["deploymentBase"]["href"].split("/", 3)[3]
    deployment = server.call("GET", "/" + link, headers=headers)
    artifact = deployment["deployment"]["chunks"][0]["artifacts"][0]
    href = artifact["_links"]["download-http"]["href"].split("/", 3)[3]
    return raw_request("GET", "/" + href, headers), raw_request("GET", f"/files/{path.name}")


def bench_downloads(build, folder, table, seconds):
    say("downloads")
    server = Server(build, folder / "downloads")
    with nginx(folder) as (port, worker):
        for mebibytes in (1, 64):
            ours, theirs = offered_file(server, f"model-{mebibytes}", mebibytes, folder)
            pair = (server.port, server.pid, [ours]), (port, worker, [theirs])
            measured = least_disturbed(
                lambda _, pair=pair: median_per_gb(build, folder, *pair, seconds))
            cost, other, ratio = measured.value
            table.add(f"download of {mebibytes} MiB", f"{cost:.2f} CPU s/GB",
                      f"{other:.2f} CPU s/GB nginx", f"{ratio:.2f}", "≤ 1.3", ratio <= 1.3,
                      measured.text())
    server.stop()


def grown_by_upload(server, release):
    """The largest growth of the server's memory, in MB, while it receives 1 GiB."""
    before = resident_bytes(server.pid)
    most = [before]
    piece = os.urandom(1 << 20)

    def pieces():
        for _ in range(1024):
            yield piece
            most.append(resident_bytes(server.pid))

    server.call("PUT", f"/admin/v1/firmware/{release['id']}/file", body=pieces(),
                headers={"Content-Length": str(1 << 30)})
    return (max(most) - before) / 1e6


def bench_upload(build, folder, table):
    say("an upload of 1 GiB")
    server = Server(build, folder / "upload")
    server.call("GET", "/admin/v1/firmware")
    measured = least_disturbed(
        lambda release: grown_by_upload(server, release),
        prepare=lambda attempt: server.call(
            "POST", "/admin/v1/firmware",
            {"deviceModel": MODEL, "firmwareVersion": str(attempt)}))
    server.stop()
    table.add("resident memory for an upload of 1 GiB", f"+{measured.value:.1f} MB", "", "",
              "< 16 MB", measured.value < 16, measured.text())


SQLITE_BENCHES = ("constant", "idle", "downloads", "upload", "pushes", "reads", "orders",
                  "large-order", "rollouts", "start", "abuse")
POSTGRESQL_BENCHES = ("reads", "orders", "large-order", "abuse")


def say_abuse():
    say("honest clients beside one that misbehaves: p99 in ms of " + ", ".join(abuse.KINDS))


def run_on_sqlite(build, folder, table, wanted, arguments):
    seconds = arguments.seconds
    if "constant" in wanted:
        bench_constant(build, folder, table, seconds)
    if "idle" in wanted:
        bench_idle(build, folder, table)
    if "downloads" in wanted:
        bench_downloads(build, folder, table, seconds)
    if "upload" in wanted:
        bench_upload(build, folder, table)
    if "pushes" in wanted:
        say("pushes")
        pushes.bench_pushes(build, folder, table)
    if "abuse" in wanted:
        say_abuse()
        abuse.bench_abuse(build, folder, table, max(seconds, 6.0))
    for count in map(int, arguments.devices.split(",")):
        if not wanted & {"reads", "orders", "large-order", "rollouts", "start"}:
            break
        size = f"{count:,} devices"
        say(f"{size}: importing")
        data = folder / f"devices-{count}"
        server = Server(build, data)
        fleet = Fleet(server, count)
        print(f"  imported {count / fleet.import_seconds:,.0f} devices/s")
        if "reads" in wanted:
            bench_reads(build, folder, table, fleet, seconds, size)
        if "orders" in wanted:
            bench_orders(build, folder, table, fleet, seconds, size)
        if "large-order" in wanted:
            bench_large_order(table, fleet, f"SQLite, {size}", target_s=2)
        if "rollouts" in wanted:
            bench_rollouts(build, folder, table, fleet, seconds, size)
        server.stop()
        if "start" in wanted:
            bench_start(build, table, data, size)
        shutil.rmtree(data)


def run_on_postgresql(build, folder, table, wanted, arguments):
    folder.chmod(0o755)  # PostgreSQL runs as another user.
    with postgresql.cluster(folder) as made:
        if "abuse" in wanted:
            say_abuse()
            abuse.bench_abuse(build, folder, table, max(arguments.seconds, 6.0),
                              store=lambda number: made.create(f"abuse_{number}"))
        for count in map(int, arguments.devices.split(",")):
            if not wanted - {"abuse"}:
                break
            size = f"{count:,} devices"
            say(f"{size} on PostgreSQL: importing")
            database = f"bench_{count}"
            server = Server(build, folder / database, store=made.create(database))
            fleet = Fleet(server, count, database)
            print(f"  imported {count / fleet.import_seconds:,.0f} devices/s, "
                  f"{postgresql.size_mb(made, database):,.0f} MB")
            postgresql.settled(made, database)
            if "reads" in wanted:
                postgresql.bench_reads(build, folder, table, made, fleet, arguments.seconds, size)
            if "orders" in wanted:
                bench_orders_on_postgresql(build, folder, table, fleet, arguments.seconds, size)
            if "large-order" in wanted:
                bench_large_order(table, fleet, f"PostgreSQL, {size}", target_s=5)
            server.stop()
            made.drop(database)


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE,
                       (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--devices", default="100000,1000000")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--write", type=pathlib.Path, help="put the table into this file, too")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    known = set(SQLITE_BENCHES if arguments.store == "sqlite" else POSTGRESQL_BENCHES)
    wanted = set(arguments.names)
    if wanted - known:
        parser.error(f"unknown: {', '.join(sorted(wanted - known))}")
    wanted = wanted or known

    table = Table()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=build))
    run = run_on_sqlite if arguments.store == "sqlite" else run_on_postgresql
    try:
        run(build, folder, table, wanted, arguments)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("\n" + table.markdown())
    if arguments.write:
        arguments.write.write_text(table.markdown())
    return 0 if all(row.reached for row in table.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
