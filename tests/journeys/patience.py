"""How the journeys wait: for what a test is about, with a deadline that only a failing test reaches."""
import threading
import time

PATIENCE = 40.0  # Seconds. A slow machine under a sanitizer is no failure; silence is.


def wait_until(predicate, what="the condition", patience=PATIENCE, pause=0.03):
    """Answers the first true value of `predicate()`; fails, naming `what`, when there is none."""
    deadline = time.monotonic() + patience
    ticker = threading.Event()
    while True:
        found = predicate()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience:g} s in vain for {what}; last seen: {found!r}")
        ticker.wait(pause)
