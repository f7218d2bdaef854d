"""Waiting for what another thread or process does."""

import time

PATIENCE = 120  # seconds; an upper bound for broken code, never waited for otherwise


def wait_until(condition):
    """Return as soon as `condition` holds; fail if it never does."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)
