"""What ./dev bench computes: how busy others were, when it measures again, and orders that run out."""
import http.server
import pathlib
import subprocess
import sys
import threading

import pytest
import stage

sys.path.insert(0, str(stage.ROOT / "bench"))

import abuse  # noqa: E402  (found through the line above)
import abuse_world  # noqa: E402
import busy  # noqa: E402
import load  # noqa: E402
import orders  # noqa: E402

pytestmark = pytest.mark.once

BUILD = pathlib.Path(stage.binary()).parent


@pytest.mark.parametrize("clock, processes, own, percent", [
    (10, 20, 20, 0),      # The bench used all cores.
    (10, 20, 5, 75),      # The bench used a quarter.
    (10, 2, 0, 10),       # Only others ran, on a machine that was idle otherwise.
    (10, 0, 0, 0),        # No process ran.
    (10, 1, 1.5, 0),      # The two counts are read one after the other: the result is at least 0,
    (10, 21, 0, 100),     # and at most 100.
    (0, 0, 0, 0),         # No time passed.
])
def test_others_are_what_the_machine_spent_less_our_own(clock, processes, own, percent):
    before = busy.Reading(100, 1000, 50)
    after = busy.Reading(100 + clock, 1000 + processes, 50 + own)
    assert busy.others_percent(before, after, cores=2) == pytest.approx(percent)


def test_idle_time_and_interrupts_are_no_processes_time():
    text = "cpu  100 20 30 4000 500 6 7 8 50 9\ncpu0 1 1 1 1 1 1 1 1 0 0\n"
    assert busy.all_processes_ticks(text) == 100 + 20 + 30 + 8


def test_our_own_time_is_that_of_our_trees():
    processes = {1: (0, 7), 10: (1, 100), 11: (10, 20), 12: (11, 3), 20: (1, 1000), 21: (20, 5000),
                 30: (1, 40)}
    assert busy.tree_ticks(processes, {10}) == 123
    assert busy.tree_ticks(processes, {10, 30}) == 163
    assert busy.tree_ticks(processes, {10, 12}) == 123  # One that is in the tree counts once.
    assert busy.tree_ticks(processes, {99}) == 0        # One that has ended.


def test_a_childs_time_is_our_own():
    before = busy.read()
    subprocess.run([sys.executable, "-c", "sum(range(10_000_000))"], check=True)
    after = busy.read()
    assert after.own - before.own > 0.02
    assert after.processes - before.processes > 0.02


@pytest.mark.parametrize("disturbances, kept, text", [
    ([3], 0, "3 %"),
    ([10], 0, "10 %"),                        # Exactly the limit does not count as disturbed.
    ([11, 2], 1, "2 %, least of 2"),
    ([40, 60, 5], 2, "5 %, least of 3"),
    ([40, 20, 60, 1], 1, "20 %, least of 3"),  # No fourth attempt.
])
def test_a_disturbed_figure_is_measured_again(disturbances, kept, text):
    made = []

    def prepare(attempt):
        made.append(attempt)
        return f"attempt {attempt}"

    def watch(measure):
        return measure(), disturbances[len(made) - 1]

    measured = busy.least_disturbed(lambda prepared: prepared + " measured", prepare, watch)
    assert measured.value == f"attempt {kept + 1} measured"
    assert measured.text() == text
    assert made == list(range(1, min(len(disturbances), busy.ATTEMPTS_MAX) + 1))


@pytest.mark.parametrize("devices, seconds, count", [
    (50_000, 2.0, 50_000),
    (500_000, 2.0, 2 * orders.ORDERS_PER_SECOND_MAX),
    (500_000, 0.5, orders.ORDERS_PER_SECOND_MAX // 2),
])
def test_orders_are_bounded_by_devices_and_by_time(devices, seconds, count):
    assert orders.orders_at_most(devices, seconds) == count


def test_orders_are_counted_over_the_time_that_they_took():
    assert orders.per_second(30_000, 0.75) == 40_000


@pytest.mark.parametrize("done, seconds", [(0, 2.0), (0, 0.0), (64, 0.0)])
def test_no_orders_are_no_figure(done, seconds):
    with pytest.raises(SystemExit, match="too few devices"):
        orders.per_second(done, seconds)


class Quick(http.server.BaseHTTPRequestHandler):
    """Answers every request at once, and keeps the requests."""

    protocol_version = "HTTP/1.1"
    asked = []

    def do_POST(self):
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


@pytest.mark.skipif(not (BUILD / "bench" / "bench_load").exists(), reason="bench_load is not built")
def test_the_load_ends_when_each_request_was_sent_once():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quick) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        requests = [load.raw_request("POST", f"/{number}") for number in range(200)]
        figures = load.load(BUILD, server.server_port, 1, requests, stage.PATIENCE, 8, once=True)
        server.shutdown()
    assert sorted(Quick.asked) == sorted(f"/{number}" for number in range(200))
    assert figures["sent"] == 200
    # The first tenth warms up; requests that were in flight at its end may be counted.
    assert 172 <= figures["requests"] <= 188
    assert 0 < figures["seconds"] < stage.PATIENCE / 2


@pytest.mark.parametrize("changed, refused, grown_mb, reached", [
    ({}, 0, 0, True),
    ({"polls": 39}, 0, 0, True),           # Less than twice as long.
    ({"polls": 41}, 0, 0, False),          # More than twice as long.
    ({"orders": 19}, 0, 0, True),          # Twice as long, but both are short waits of the scheduler.
    ({"reports": 251}, 0, 0, False),       # Longer than anybody may wait, though not twice as long.
    ({}, 1, 0, False),                     # An honest client was refused.
    ({}, 0, 401, False),                   # The server's memory grew.
])
def test_an_attack_is_withstood_when_honest_clients_hardly_notice_it(changed, refused, grown_mb, reached):
    before = {"polls": 20, "queries": 20, "orders": 4, "reports": 200, "pushes": 20}
    assert abuse.judged(before, {**before, **changed}, refused, grown_mb)[2] is reached


def test_the_slowest_hundredth_is_what_p99_leaves_out():
    assert abuse_world.p99([0.001] * 99 + [9.0]) == pytest.approx(1)
    assert abuse_world.p99([]) == 0
