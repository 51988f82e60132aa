"""Draw the demo's output for the README: `FORCE_COLOR=1 exitramp demo | python docs/picture.py docs/demo.svg`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text


def main() -> None:
    """Read a terminal's text from stdin and write it as a picture."""
    console = Console(record=True, width=104, file=sys.stderr, force_terminal=True)
    console.print(Text.from_ansi(f"$ exitramp demo\n{sys.stdin.read()}"), soft_wrap=True)
    # The fonts of the reader's own machine: a picture must not fetch anything.
    svg = re.sub(r"@font-face \{.*?\}", "", console.export_svg(title="exitramp demo"), flags=re.DOTALL)
    svg = svg.replace("Fira Code", "DejaVu Sans Mono, Menlo, Consolas")
    Path(sys.argv[1]).write_text(svg.replace("<text ", '<text xml:space="preserve" '), encoding="utf-8")


if __name__ == "__main__":
    main()
