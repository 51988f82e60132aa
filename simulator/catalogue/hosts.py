"""Where a run may send its customers: loopback and private networks, and whatever the target file names on purpose."""

from __future__ import annotations

import ipaddress
from collections.abc import Generator, Iterator
from typing import Any
from urllib.parse import urlsplit

from simulator.catalogue.yaml_source import At, Finding


def is_private(host: str) -> bool:
    """Whether the host is certainly ours: localhost or a loopback or private address. A plain name never is: nothing is
    resolved, because what a name means can change between the check and the run."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.strip("[]").partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        address = mapped
    return address.is_loopback or address.is_private


def host_findings(document: Any) -> Iterator[Finding]:
    """What is wrong with the address of a target and with its permission to be tested."""
    if not isinstance(document, dict):
        return
    if document.get("handoff_reaches") == "people":
        # A hand-off to real people has to stop after a number of them, which this version cannot do.
        yield Finding(
            ("handoff_reaches",),
            "hand-offs to people are not supported yet in this version: it could not stop after the first few",
            "test where hand-offs reach a desk or a sandbox",
        )
    allowed = document.get("allowed_hosts")
    names = [name for name in allowed if isinstance(name, str)] if isinstance(allowed, list) else []
    for index, name in enumerate(names):
        if "/" in name or (":" in name and name.count(":") < 2):
            yield Finding(
                ("allowed_hosts", index), f"expected a host alone, found {name!r}", "leave out scheme and port"
            )
    hosts = {name.strip("[]").rstrip(".").lower() for name in names}
    host = yield from _address(document.get("base_url"), ("base_url",), "put it into `turn.request.path`", hosts)
    if host and not is_private(host) and not document.get("handoff_reaches"):
        yield Finding(
            ("base_url",),
            f"{host} is not private, and `handoff_reaches` does not say where its hand-offs end up",
            "add handoff_reaches: desk or sandbox",
        )
    system = document.get("test_system")
    if isinstance(system, dict) and system.get("base_url"):
        at = ("test_system", "base_url")
        yield from _address(system["base_url"], at, "put it into the path of the scenario's probe", hosts)


def _address(url: Any, at: At, query_hint: str, allowed: set[str]) -> Generator[Finding, None, str]:
    """What is wrong with one address; returns its host, empty where there is none to speak of."""
    if not isinstance(url, str) or "${" in url:
        return ""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        yield Finding(at, f"not a web address ({error})", "write e.g. http://127.0.0.1:8080")
        return ""
    if parts.scheme not in ("http", "https") or not host or any(c.isspace() or c in "\\{}" for c in url):
        yield Finding(at, "expected an address such as http://127.0.0.1:8080", "begin with http:// or https://")
        return ""
    if parts.username is not None:
        yield Finding(at, "a user or password in the address", "send it by `auth` from an environment variable")
    if parts.query or parts.fragment:
        yield Finding(at, "the address has a query or fragment", query_hint)
    if not is_private(host) and host.rstrip(".") not in allowed:
        yield Finding(
            at,
            f"{host} is neither loopback nor a private address",
            f"if you may test it, add allowed_hosts: [{host}]",
        )
    return host
