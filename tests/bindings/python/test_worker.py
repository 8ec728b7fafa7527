from __future__ import annotations

import base64
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Iterator

import pytest
from conftest import LIBRARY, configuration
from kameng import Engine, worker


class Provider(BaseHTTPRequestHandler):
    """Says back what it was asked; /binary, /redirect and /cut behave as named."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/cut":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")
            return
        status = 302 if self.path == "/redirect" else 200
        said = {"path": self.path, "body": body.decode(), "signature": self.headers["X-Sign"]}
        text = json.dumps(said)
        answer = b"\xff\xfe" if self.path == "/binary" else text.encode()
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Provider)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def call(url: str) -> dict[str, Any]:
    http = {"method": "POST", "url": url, "headers": [["X-Sign", "s-1"]], "body": "金额=1"}
    return {"call_id": "cal_1", "http": http}


# Goal: the exact bytes and headers arrive, and the answer comes back whole; a body that is no text
# comes as base64.
# Method: a server that says back what it was asked.
def test_a_call_is_sent_as_it_is(provider: str) -> None:
    response = worker.send(call(f"{provider}/pay?x=1"), 5)["response"]
    assert response["status"] == 200
    said = {"path": "/pay?x=1", "body": "金额=1", "signature": "s-1"}
    assert json.loads(response["body"]) == said
    assert ["Location", "/elsewhere"] in response["headers"]
    binary = worker.send(call(f"{provider}/binary"), 5)["response"]
    assert base64.b64decode(binary["body_base64"]) == b"\xff\xfe" and "body" not in binary


# Goal: a redirect is an answer, not an order: a signed request goes where it was written for.
# Method: a server that redirects.
def test_a_redirect_is_not_followed(provider: str) -> None:
    response = worker.send(call(f"{provider}/redirect"), 5)["response"]
    assert response["status"] == 302 and json.loads(response["body"])["path"] == "/redirect"


# Goal: what certainly never left is not_sent.
# Method: a closed port, a name that cannot exist, a scheme nobody speaks, a header with a line
# break.
def test_what_never_left_is_not_sent(provider: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    broken = call(provider)
    broken["http"]["headers"] = [["X-Sign", "a\r\nX-Other: b"]]
    urls = [f"http://127.0.0.1:{port}/", "http://name.invalid/", "sandbox:pay"]
    for case in [*map(call, urls), broken]:
        assert worker.send(case, 5)["failure"]["kind"] == "not_sent", case


# Goal: what may have arrived is unknown.
# Method: a server that accepts and stays silent, and one whose answer breaks off.
def test_silence_after_sending_is_unknown(provider: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert worker.send(call(url), 0.3)["failure"]["kind"] == "unknown"
    assert worker.send(call(f"{provider}/cut"), 5)["failure"]["kind"] == "unknown"


# Goal: the command does one turn on a real shop, and says what is wrong with a configuration it
# cannot open.
# Method: main() with --once on a file; then with an unknown key.
def test_the_command_does_a_turn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = configuration(tmp_path, str(tmp_path / "shop.db"))
    file = tmp_path / "shop.json"
    file.write_text(json.dumps(config))
    arguments = ["--config", str(file), "--library", LIBRARY, "--once"]
    assert worker.main(arguments) == 0
    with Engine(config, library=LIBRARY) as engine:  # type: ignore[arg-type]
        assert engine.call("system.health", {}, {"as": "host"})
    file.write_text(json.dumps({**config, "sharing": 1}))
    assert worker.main(arguments) == 1
    assert "sharing" in capsys.readouterr().err


# Goal: a message goes to the shop's own program, and what became of it goes back: sent, certainly
# not, or nobody knows.
# Method: programs that keep what they read, fail, hang, and are not there; then a turn on a real
# shop, whose code arrives.
def test_a_message_goes_to_a_program(tmp_path: Path) -> None:
    message = {"channel": "sms", "to": "+8613800138000", "text": "verification_code"}
    kept = tmp_path / "kept.json"
    keep = f"sh -c 'cat > {kept}'"
    assert worker.send_message(message, keep, 5) == {"response": {"status": 200}}
    assert json.loads(kept.read_text()) == message
    for command in (None, "false", str(tmp_path / "nowhere"), "'"):
        assert worker.send_message(message, command, 5)["failure"]["kind"] == "not_sent", command
    assert worker.send_message(message, "sleep 5", 0.1)["failure"]["kind"] == "unknown"
    config = configuration(tmp_path, str(tmp_path / "shop.db"))
    with Engine(config, library=LIBRARY) as engine:  # type: ignore[arg-type]
        engine.verification.begin({"phone": "13800138000", "purpose": "register"})
        assert worker.turn(engine, message_command=keep) == 1
        assert len(json.loads(kept.read_text())["params"]["code"]) == 6
        assert worker.turn(engine, message_command=keep) == 0
