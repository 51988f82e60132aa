"""The wire in the processes it must work in: plain, monkey-patched, beyond a thousand connections, behind TLS."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.clock.wall import WallClock
from simulator.model.errors import TargetFailed
from simulator.targets.http import HttpTarget
from tests.targets.scripted import ScriptedBot
from tests.targets.talks import CASE, say, spec

CROWD = """
import resource, os, sys
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
from gevent import monkey; monkey.patch_all()
import gevent
from gevent.pywsgi import WSGIServer
from simulator.clock.wall import WallClock
from simulator.targets.http import HttpTarget
from tests.targets.talks import CASE, say, spec

held = [os.open(os.devnull, os.O_RDONLY) for _ in range(int(sys.argv[1]))]
peers = set()

def bot(environ, start_response):
    peers.add(environ["REMOTE_PORT"])
    gevent.sleep(0.01)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [b'{"reply": "Hello."}']

server = WSGIServer(("127.0.0.1", 0), bot, log=None)
server.start()
target = HttpTarget(spec(f"http://127.0.0.1:{server.server_port}", timeouts={}), WallClock())

def customer():
    session = target.open(CASE)
    return [session.send(say()).text for _ in range(4)]

seats = [gevent.spawn(customer) for _ in range(10)]
gevent.joinall(seats)
assert all(seat.value == ["Hello."] * 4 for seat in seats), [seat.exception for seat in seats]
print(len(peers))
"""

TRUSTED = """
import ssl, sys, threading
from simulator.clock.wall import WallClock
from simulator.targets.http import HttpTarget
from tests.targets.talks import CASE, say, spec
from http.server import BaseHTTPRequestHandler, HTTPServer

class Bot(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200); self.send_header("Content-Length", "19"); self.end_headers()
        self.wfile.write(b'{"reply": "Hello."}')
    def log_message(self, *args): pass

server = HTTPServer(("127.0.0.1", 0), Bot)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
target = HttpTarget(spec(f"https://localhost:{server.server_port}", timeouts={}), WallClock())
session = target.open(CASE)
try:
    print(session.send(say()).text, session.send(say()).text)
except Exception as error:
    print(error)
"""


def run(program: str, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("held", ["0", "1100"])
def test_crowd_keeps_its_connections(held: str) -> None:
    """In a patched process ten customers need ten connections for forty turns, also when descriptors are beyond 1023."""
    assert int(run(CROWD, held)) == 10


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate with the openssl command")
def test_tls(tmp_path: Path) -> None:
    """A certificate that the system trusts is accepted and the connection kept; one that it does not is `refused`."""
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subject = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]
    subprocess.run([*request, *subject], check=True, capture_output=True)
    assert run(TRUSTED, certificate, key, SSL_CERT_FILE=certificate) == "Hello. Hello."
    refused = run(TRUSTED, certificate, key)
    assert refused.startswith("refused: ")
    assert "certificate" in refused


def test_plain_http_behind_https() -> None:
    """Speaking TLS to a port that does not is `refused`, not a fault of ours."""
    with ScriptedBot([]) as bot:
        session = HttpTarget(spec(bot.url.replace("http:", "https:")), WallClock()).open(CASE)
        with pytest.raises(TargetFailed) as caught:
            session.send(say())
    assert caught.value.cause in ("refused", "timeout")


def test_reading_target_files_needs_no_gevent() -> None:
    """Importing everything there is about targets imports neither gevent nor geventhttpclient."""
    program = """
import sys
import simulator.targets.http, simulator.targets.in_process, simulator.targets.tiers
print(sorted(name for name in sys.modules if name.startswith("gevent")))
"""
    assert run(program) == "[]"
