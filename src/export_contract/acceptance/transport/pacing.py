"""Stub."""

import threading
import time


class Pacer:
    def __init__(self, *, concurrency, rate=None):
        self._interval = 1 / rate if rate else 0.0
        self._next = 0.0
        self._not_before = 0.0
        self._lock = threading.Lock()

    def turn(self, stopped, has_time):
        with self._lock:
            turn = max(self._next, time.monotonic())
            self._next = turn + self._interval
        while (left := max(self._not_before, turn) - time.monotonic()) > 0:
            if not has_time(left) or stopped.wait(left):
                return False
        return not stopped.is_set()

    def hold(self, seconds):
        self._not_before = max(self._not_before, time.monotonic() + seconds)

    def done(self, response):
        pass

    def limit_to(self, n):
        pass
