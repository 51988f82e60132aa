from __future__ import annotations

from typing import Any

import pytest

from simulator.catalogue.hosts import host_findings, is_private


@pytest.mark.parametrize(
    "host", ["localhost", "bot.localhost", "127.0.0.1", "127.9.9.9", "::1", "10.1.2.3", "192.168.0.1", "LOCALHOST."]
)
def test_loopback_and_private_addresses_are_ours(host: str) -> None:
    """These need no permission."""
    assert is_private(host)


@pytest.mark.parametrize(
    "host",
    [
        "bot",
        "bot.internal",
        "8.8.8.8",
        "example.org",
        "localhost.example.org",
        "2001:4860:4860::8888",
        "::ffff:8.8.8.8",
    ],
)
def test_names_and_public_addresses_are_not_assumed_to_be_ours(host: str) -> None:
    """A plain name is not resolved: what it means can change."""
    assert not is_private(host)


def said(**document: Any) -> str:
    return "\n".join(f"{each.message}; {each.hint}" for each in host_findings(document))


def test_a_public_host_needs_permission_and_an_end_for_its_handoffs() -> None:
    """Both are asked for at once, and both together are enough."""
    url = "https://bot.acme.example/v1"
    assert "add allowed_hosts: [bot.acme.example]" in said(base_url=url)
    assert "handoff_reaches" in said(base_url=url, allowed_hosts=["bot.acme.example"])
    assert said(base_url=url, allowed_hosts=["BOT.acme.example"], handoff_reaches="sandbox") == ""


@pytest.mark.parametrize(
    "url",
    [
        "bot:8080",
        "ftp://127.0.0.1",
        "http://",
        "http://[::1",
        "http://127.0.0.1:port",
        "http://127.0.0.1:99999",
        "http://u:p@127.0.0.1",
        "http://127.0.0.1\\@evil.example",
        "http://127.0.0.1/?key=1",
        "http://127.0.0.1 .example",
    ],
)
def test_an_address_must_be_plain(url: str) -> None:
    """No other scheme, no user, no query, nothing that two parsers could read in two ways."""
    assert said(base_url=url)


def test_an_allowed_host_is_a_host_alone() -> None:
    """A scheme or port there would never match."""
    assert "expected a host alone" in said(base_url="http://127.0.0.1", allowed_hosts=["https://x.example"])


def test_people_are_never_rung_by_a_version_that_cannot_stop() -> None:
    """`handoff_reaches: people` is refused with its reason, wherever the bot is."""
    assert "not supported yet" in said(base_url="http://127.0.0.1:1", handoff_reaches="people")


def test_a_test_system_needs_the_same_permission() -> None:
    """Loopback and private hosts are ours; another has to be named, but it hands nobody over."""
    bot = "http://127.0.0.1:8080"
    assert said(base_url=bot, test_system={"base_url": "http://10.0.0.7"}) == ""
    assert said(base_url=bot, test_system={"timeout_s": 3}) == ""
    system = {"base_url": "https://erp.acme.example"}
    assert said(base_url=bot, test_system=system).count("add allowed_hosts: [erp.acme.example]") == 1
    assert said(base_url=bot, test_system=system, allowed_hosts=["erp.acme.example"]) == ""
    assert "not a web address" in said(base_url=bot, test_system={"base_url": "http://127.0.0.1:99999"})
    assert "a user or password" in said(base_url=bot, test_system={"base_url": "http://u:p@127.0.0.1"})
