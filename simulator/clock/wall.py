"""The wall clock, by the standard library alone: in a monkey-patched load process each wait is a greenlet switch."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any


class WallClock:
    """Seconds of a monotonic clock."""

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)

    def mailbox(self) -> queue.Queue[Any]:
        return queue.Queue()

    def wait(self, mailbox: queue.Queue[Any], seconds: float) -> Any | None:
        """The next item, or None when so many seconds have passed."""
        try:
            return mailbox.get(timeout=max(seconds, 0.0)) if seconds > 0 else mailbox.get_nowait()
        except queue.Empty:
            return None

    def put(self, mailbox: queue.Queue[Any], item: Any) -> None:
        mailbox.put(item)

    def spawn(self, function: Callable[..., object], *args: object) -> None:
        threading.Thread(target=function, args=args, daemon=True).start()
