#!/usr/bin/env python3
"""server.py - a shop behind Python's own HTTP server.

    PYTHONPATH=bindings/python/src examples/http_gateway/server.py shop.json 8080 [libkameng.so]

Everything between the socket and the engine is here: the request goes in as it came, the answer
goes out as it is. For the internet put a server in front that speaks TLS.
"""

import base64
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from kameng import Engine

BODY_BYTES_MAX = 700 * 1024


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    engine: Engine

    def answer(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > BODY_BYTES_MAX:
            self.close_connection = True
            self.send_error(413 if length.isdecimal() else 400)
            return
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self.send_error(411)
            return
        body = self.rfile.read(int(length))
        answer = self.engine.http(
            {
                "method": self.command,
                "scheme": "http",
                "authority": self.headers.get("Host", ""),
                "target": self.path,
                "headers": [[name, value] for name, value in self.headers.items()],
                "body_base64": base64.b64encode(body).decode(),
                "remote_ip": self.client_address[0],
            }
        )
        encoded = answer.get("body_base64")
        content = base64.b64decode(encoded) if encoded else answer["body"].encode()
        self.send_response_only(answer["status"])
        names = {name.lower() for name, _ in answer["headers"]}
        for name, value in answer["headers"]:
            self.send_header(name, value)
        if "content-length" not in names and answer["status"] not in (204, 304):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def __getattr__(self, name: str):  # do_GET, do_POST and every other method
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        """Targets and headers may hold secrets."""


if __name__ == "__main__":
    with Engine(Path(sys.argv[1]).read_text(), library=(sys.argv[3:] or [None])[0]) as engine:
        Handler.engine = engine
        ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
