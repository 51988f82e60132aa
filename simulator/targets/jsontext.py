"""JSON as bots really send it: strict, but for half surrogate pairs, which nothing of ours could store."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import msgspec

_decode = msgspec.json.Decoder().decode
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def parse(data: bytes | str) -> Any:
    """The value of a JSON text, every lone surrogate replaced by U+FFFD. Raises ValueError if it is not JSON."""
    try:
        return _decode(data)
    except ValueError:
        pass  # msgspec refuses a lone surrogate escape, which JSON allows and truncating bots produce
    except RecursionError:
        raise ValueError("nested too deeply") from None
    text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
    try:
        return scrub(json.loads(text, parse_constant=_refuse))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def scrub(value: Any) -> Any:
    """The same JSON value without lone surrogates."""
    if isinstance(value, str):
        return value if value.isascii() else _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [scrub(item) for item in value]
    if isinstance(value, dict):
        return {scrub(key): scrub(item) for key, item in value.items()}
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
