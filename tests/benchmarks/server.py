"""A bot as fast as plain asyncio allows: `python -m tests.benchmarks.server`. Every reply is another one.

Prints its address and stops when its stdin closes.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count

import msgspec

from tests.benchmarks.material import reply

_numbers = count()
_encode = msgspec.json.Encoder().encode


class Connection(asyncio.Protocol):
    """One client: whole requests in, one reply each out."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[:end].lower()
            length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
            if len(self._received) < end + 4 + length:
                return
            self._received = self._received[end + 4 + length :]
            body = _encode({"reply": reply(next(_numbers))})
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nserver: benchmark\r\ndate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
                b"content-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
            )


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=4096)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
