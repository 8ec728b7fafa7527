"""fastcgi.py - enough of FastCGI 1.0 to ask a php-fpm one thing: a request with a body, an answer,
one connection.
"""

from __future__ import annotations

import socket
import struct
from pathlib import Path

BEGIN, PARAMS, STDIN, STDOUT, STDERR, END = 1, 4, 5, 6, 7, 3


def ask(address: Path, script: Path, body: bytes, timeout_s: float = 60) -> tuple[bytes, bytes]:
    """(the script's body, what it wrote as errors)"""
    params = {
        "SCRIPT_FILENAME": str(script),
        "REQUEST_METHOD": "POST",
        "REQUEST_URI": "/",
        "QUERY_STRING": "",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_PROTOCOL": "HTTP/1.1",
    }
    pairs = b"".join(_pair(name.encode(), value.encode()) for name, value in params.items())
    request = _record(BEGIN, struct.pack(">HB5x", 1, 0))
    request += _record(PARAMS, pairs) + _record(PARAMS, b"")
    for start in range(0, len(body), 65535):
        request += _record(STDIN, body[start : start + 65535])
    request += _record(STDIN, b"")
    out, errors = b"", b""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout_s)
        connection.connect(str(address))
        connection.sendall(request)
        with connection.makefile("rb") as stream:
            while header := stream.read(8):
                _, kind, _, length, padding = struct.unpack(">BBHHBx", header)
                content = stream.read(length + padding)[:length]
                out += content if kind == STDOUT else b""
                errors += content if kind == STDERR else b""
                if kind == END:
                    break
    return out.partition(b"\r\n\r\n")[2], errors


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBHHBx", 1, kind, 1, len(content), 0) + content


def _pair(name: bytes, value: bytes) -> bytes:
    return _size(name) + _size(value) + name + value


def _size(part: bytes) -> bytes:
    return bytes([len(part)]) if len(part) < 128 else struct.pack(">I", len(part) | 0x80000000)
