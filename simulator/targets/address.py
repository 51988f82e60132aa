"""Where a server is, and what every request to it says beside its own: shared by the bot's wire and the test system's."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from simulator import __version__
from simulator.model.errors import InputError, Problem
from simulator.model.target import Auth
from simulator.targets.template import check_header

SHORTEST_SECRET = 6
"""Characters: hiding shorter ones would only destroy the text around them."""


def parted(url: str, field: str = "base_url") -> tuple[SplitResult, int]:
    """A base URL in parts, and its port. Raises InputError."""
    try:
        base = urlsplit(url)
        port = base.port or (443 if base.scheme == "https" else 80)
    except ValueError:
        base, port = urlsplit(""), 0
    if base.scheme not in ("http", "https") or not base.hostname:
        hint = "write e.g. `http://127.0.0.1:8080`"
        raise InputError([Problem("expected an http or https address", field=field, hint=hint)])
    return base, port


def common_headers(base: SplitResult, auth: Auth | None, field: str = "auth") -> dict[str, str]:
    """What goes with every request unless the request has its own. Raises InputError for what HTTP cannot send."""
    host = base.hostname or ""
    address = f"[{host}]" if ":" in host else host
    check_header("Host", address, "base_url")
    headers = {
        "Host": f"{address}:{base.port}" if base.port else address,
        "User-Agent": f"exitramp/{__version__}",
        "Accept": "application/json",
    }
    if auth:
        check_header(auth.header, auth.value, field)
        headers[auth.header] = auth.value
    return headers


def key_parts(auth: Auth | None) -> set[str]:
    """What no message may show of a key: the whole, and what follows its scheme."""
    if auth is None:
        return set()
    return {part for part in (auth.value, auth.value.rpartition(" ")[2]) if len(part) >= SHORTEST_SECRET}
