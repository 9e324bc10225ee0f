"""How the journeys wait: for an event, with a deadline that only a failing test reaches."""
import threading
import time

PATIENCE = 40.0  # Seconds: long enough for a slow machine under a sanitizer.


def wait_until(predicate, what="the condition", patience=PATIENCE, pause=0.03):
    """Returns the first true value of `predicate()`. Without one it fails and names `what`."""
    deadline = time.monotonic() + patience
    ticker = threading.Event()
    while True:
        found = predicate()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience:g} s in vain for {what}; last seen: {found!r}")
        ticker.wait(pause)
