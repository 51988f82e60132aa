"""How many turns a second of one core the model's voice rewords, against a stand-in that answers at once."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from simulator.clock.wall import WallClock
from simulator.customers.model_service import ModelService
from simulator.customers.model_voice import ModelVoiced
from simulator.model.contracts import Say
from simulator.model.plan import ModelSpec
from tests.customers.scenes import ASKS_ORDER, BICYCLE, USELESS, bot, case, mind

REPEATS = 5
CONVERSATIONS = 60
HEARD = (None, USELESS, ASKS_ORDER, bot(steps=("lock",), progress=("P5",), text="Please lock it and unlock it again."))
"""What the customers of the benchmark hear, one turn each."""


def turns_per_cpu_second() -> list[float]:
    """Customer turns reworded in each second of this process's own CPU time, once for each repeat."""
    rates = []
    with _stand_in() as url:
        voice = ModelService(ModelSpec("stand-in", url), WallClock(), None, {"OPENAI_API_KEY": "none"})
        _talk(voice)
        for _ in range(REPEATS):
            begun = time.process_time()
            turns = _talk(voice)
            rates.append(turns / (time.process_time() - begun))
        voice.close()
    return rates


def _talk(voice: ModelService) -> int:
    """Customers one after the other; how many turns the model has worded, each by one call."""
    worded = 0
    for repeat in range(CONVERSATIONS):
        customer = ModelVoiced(mind(repeat=repeat), voice, case(repeat=repeat), BICYCLE)
        for heard in HEARD:
            move = customer.next(heard)
            worded += isinstance(move, Say) and move.voice == "llm"
    return worded


@contextmanager
def _stand_in() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.benchmarks.model_voice", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}/v1"
        server.terminate()


def _serve() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_echo_drafts, args=(connection,), daemon=True).start()


def _echo_drafts(connection: socket.socket) -> None:
    with connection, connection.makefile("rb") as requests:
        while requests.readline():
            length = 0
            while (line := requests.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            request = json.loads(requests.read(length))["messages"][-1]["content"]
            body = json.dumps(_completion(request.rsplit(":\n", 1)[-1])).encode()
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
            connection.sendall(head + body)


def _completion(text: str) -> dict[str, object]:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 300, "completion_tokens": 20, "total_tokens": 320}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        _serve()
    else:
        print(" ".join(f"{rate:.0f}" for rate in turns_per_cpu_second()), "turns a second of one core")
