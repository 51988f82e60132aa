"""Target files: the environment is filled in, and what it gave is known, so that it can be kept out of every record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from simulator.catalogue.check import Examined, judged, source
from simulator.catalogue.references import SECRET_HEADER
from simulator.catalogue.yaml_source import At, Finding, compose, dotted
from simulator.model.target import TargetSpec

_VARIABLE = re.compile(r"\$\{([^}:]*)(?::([^}]*))?\}")
_is_variable_name = re.compile(r"[A-Za-z_][A-Za-z0-9_]*").fullmatch
_sounds_secret = re.compile(r"KEY|TOKEN|SECRET|PASS|CREDENTIAL|AUTH", re.IGNORECASE).search
SHORTEST_SECRET = 4
"""Scrubbing shorter values would only destroy the text around them."""


def environment(text: str, env: Mapping[str, str]) -> tuple[str, list[str]]:
    """The text with `${NAME}` and `${NAME:default}` filled, and the names that have no value (those stay as they are).

    A variable that is set but empty counts as not set. A default may not hold a closing brace.
    """
    missing: list[str] = []

    def value(match: re.Match[str]) -> str:
        name, default = match[1], match[2]
        given = env.get(name, "")
        if given:
            return given
        if default is None:
            missing.append(name)
            return match[0]
        return default

    return _VARIABLE.sub(value, text), missing


def read_target(path: Path | str, env: Mapping[str, str], *, text: str | None = None) -> tuple[TargetSpec, str]:
    """The target with its secrets filled in, and the file's own text, in which `${BOT_API_KEY}` still stands for the key.

    Only the text may be written to disk. Raises InputError with all problems; no message holds a secret.
    """
    examined = examine_target(path, env, text=text)
    return examined.accepted(), examined.original.decode()


def examine_target(path: Path | str, env: Mapping[str, str], *, text: str | None = None) -> Examined[TargetSpec]:
    """As `read_target`, but a problem is a value, so that warnings can be shown. Never raises."""
    document, original = source(path, text)
    found: list[Finding] = []
    unfilled: set[At] = set()
    hidden = _secrets(document.value, env)

    def fill(value: str, at: At) -> str:
        filled, missing = environment(value, env)
        for name in dict.fromkeys(missing):
            unfilled.add(at)
            if _is_variable_name(name):
                found.append(Finding(at, f"the environment variable {name} is not set", f"export {name}=..."))
            else:
                found.append(Finding(at, f"{name!r} is not the name of a variable", "write ${NAME} or ${NAME:default}"))
        return filled

    found += _written_secrets(document.value)
    document.value = _mapped(document.value, (), fill)
    value, problems = judged(document, TargetSpec, found=found, hide=_hiding(hidden))
    # What the schema says of a text that could not be filled is noise.
    fields = {dotted(at) for at in unfilled}
    told = {(p.field, p.message) for p in map(document.problem, found)}
    kept = [p for p in problems if p.field not in fields or (p.field, p.message) in told]
    return Examined(value, kept, original)


def secrets(text: str, env: Mapping[str, str]) -> set[str]:
    """What must not appear in any log, error or record: values that the environment gave to `auth`, to a header, or under
    a name such as `..._KEY` or `..._TOKEN` anywhere in this target file."""
    return _secrets(compose(text, "").value, env)


def _secrets(document: Any, env: Mapping[str, str]) -> set[str]:
    found: set[str] = set()
    for at, value in _texts(document, ()):
        guarded = "auth" in at[:2] or "headers" in at
        for match in _VARIABLE.finditer(value):
            given = env.get(match[1], "")
            if len(given) >= SHORTEST_SECRET and (guarded or _sounds_secret(match[1])):
                found.add(given)
    return found


def _written_secrets(document: Any) -> Iterator[Finding]:
    for at, value in _texts(document, ()):
        header = at[-1] if "headers" in at[:-1] else "key" if at[-2:] == ("auth", "value") else ""
        if value and "${" not in value and "{{" not in value and SECRET_HEADER(str(header)):
            yield Finding(
                at,
                "a secret written into the file would be copied into every run's folder",
                "write ${NAME}",
                warning=True,
            )


def _texts(value: Any, at: At) -> Iterator[tuple[At, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for name, child in value.items():
            yield from _texts(child, (*at, name))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _texts(child, (*at, index))


def _mapped(value: Any, at: At, change: Callable[[str, At], str]) -> Any:
    if isinstance(value, str):
        return change(value, at)
    if isinstance(value, dict):
        return {name: _mapped(child, (*at, name), change) for name, child in value.items()}
    if isinstance(value, list):
        return [_mapped(child, (*at, index), change) for index, child in enumerate(value)]
    return value


def _hiding(hidden: set[str]) -> Callable[[str], str]:
    """Takes the secrets out of a message, also where it quotes them with escapes."""
    forms = {form for secret in hidden for form in (secret, repr(secret)[1:-1])}
    ordered = sorted(forms, key=len, reverse=True)

    def hide(text: str) -> str:
        for form in ordered:
            text = text.replace(form, "***")
        return text

    return hide
