"""A bot that knows its accounts: which of them are in use, and how many customers were on one at the same time."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.bot_process import Bot

TOWNS = ("Carlisle", "Preston", "Norwich", "Ashford", "Swindon")
DAYS = ("Tuesday", "Wednesday", "Thursday", "Friday", "Tuesday")


class AccountsBot:
    """Served on loopback. `most`: the most customers that were on an account at once; `calls`: requests by path."""

    def __init__(self) -> None:
        self.in_use: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self.failing: set[str] = set()
        """Paths that answer 503."""
        self.answering = threading.Event()
        """While it is not set, no turn is answered."""
        self.answering.set()
        self._lock = threading.Lock()

    def told(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        account = str(asked.get("account", ""))
        with self._lock:
            self.calls[path] += 1
            if path == "/start":
                self.in_use[account] += 1
                self.most[account] = max(self.most[account], self.in_use[account])
            elif path == "/end":
                self.in_use[account] -= 1
        if path == "/say":
            self.answering.wait(30)
        mine = (
            f"{account}: it is in {asked.get('town')} and comes on {asked.get('day')}. You asked: {asked.get('text')}"
        )
        return {"messages": [mine], "buttons": [{"title": f"More on {account}", "payload": account}]}

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Its address."""
        bot = self

        class Handler(Bot):
            def do_POST(self) -> None:  # noqa: N802  # http.server's name
                asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
                self.answer(503 if self.path in bot.failing else 200, bot.told(self.path, asked))

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            self.answering.set()
            server.shutdown()
            server.server_close()
            thread.join()


def accounts_file(folder: Path, rows: int = 5) -> Path:
    """So many accounts, with values that stand nowhere else."""
    lines = [f"QRX77{number:06d},{TOWNS[number % 5]},{DAYS[number % 5]}" for number in range(rows)]
    path = folder / "accounts.csv"
    path.write_text("\n".join(["tracking_number,truth.depot_town,truth.delivery_day", *lines]) + "\n")
    return path


def target_file(folder: Path, url: str, *, facts_from: str = "", arranged: bool = False) -> Path:
    """The target file of such a bot; `arranged`: with set-up and reset."""
    account = "account: '{{facts.tracking_number}}'"
    lines = [
        "target: 1",
        "name: accounts",
        f"base_url: {url}",
        "session:",
        f"  open: {{request: {{path: /start, json: {{{account}}}}}}}",
        f"  close: {{request: {{path: /end, json: {{{account}}}}}}}",
        f"turn: {{request: {{path: /say, json: {{{account}, text: '{{{{text}}}}', town: '{{{{truth.depot_town}}}}', "
        "day: '{{truth.delivery_day}}'}}}",
        "reply: {texts: messages, buttons: buttons}",
    ]
    if facts_from:
        lines.append(f"facts_from: {facts_from}")
    if arranged:
        lines += [f"{name}: {{request: {{path: /{name}, json: {{{account}}}}}}}" for name in ("setup", "reset")]
    path = folder / "target.yaml"
    path.write_text("\n".join(lines) + "\n")
    return path
