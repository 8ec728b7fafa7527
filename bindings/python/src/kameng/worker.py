"""worker.py - does what is due: the engine's own jobs, and the calls it wants sent.

    kameng-worker --config shop.json            for ever, one turn a second
    kameng-worker --config shop.json --once     one turn, for cron

The engine has no threads and no sockets: `system.run_due` does its jobs, `outbox.pull` leases its
outgoing calls, and what became of each goes back with `outbox.done`. Any number of workers may run
beside each other. What matters here is to tell "certainly never sent" from "nobody knows": the
engine repeats the first and asks the provider about the second.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import shlex
import signal
import subprocess
import sys
import threading
import urllib.parse
from pathlib import Path
from typing import Any

from .engine import Engine
from .error import KamengError
from .types import Context

HOST: Context = {"as": "host"}
ANSWER_BYTES_MAX = 700 * 1024


def send(call: dict[str, Any], timeout_s: float) -> dict[str, Any]:
    """Sends one leased call. Returns the rest of its outbox.done: {"response": ...} or {"failure":
    ...}.

    Redirects are not followed and the environment's proxies are not used: both would send a signed
    request to someone it was not written for.
    """
    request = call["http"]
    url = urllib.parse.urlsplit(request["url"])
    kinds: dict[str, type[http.client.HTTPConnection]] = {
        "http": http.client.HTTPConnection,
        "https": http.client.HTTPSConnection,
    }
    if url.scheme not in kinds or not url.hostname:
        return _failure("not_sent", f"cannot send to a URL of scheme {url.scheme!r}")
    connection = kinds[url.scheme](url.hostname, url.port, timeout=timeout_s)
    try:
        try:
            connection.connect()
            body = _prepare(connection, request, url)
        except (OSError, ValueError, http.client.HTTPException) as error:
            # Refused, not resolved, timed out, a wrong certificate, or a request that cannot be
            # written.
            return _failure("not_sent", f"{type(error).__name__}: {error}")
        try:
            connection.endheaders(body or None)
            response = connection.getresponse()
            answer = response.read(ANSWER_BYTES_MAX + 1)
        except (OSError, http.client.HTTPException) as error:
            return _failure("unknown", f"sent, then {type(error).__name__}: {error}")
        if len(answer) > ANSWER_BYTES_MAX:
            return _failure("unknown", f"the answer has more than {ANSWER_BYTES_MAX} bytes")
        if response.length:
            return _failure("unknown", f"the answer broke off {response.length} bytes short")
        headers = [[name, value] for name, value in response.getheaders()]
        return {"response": {"status": response.status, "headers": headers, **_body(answer)}}
    finally:
        connection.close()


def send_message(
    message: dict[str, Any], command: str | None, timeout_s: float
) -> dict[str, Any]:
    """Gives one leased message to a program of the shop: its JSON on standard input, 0 for sent.

    The program words it (`text`, `params`, `locale`) and hands it to a mail server or an SMS
    provider. Without a program messages are not sent, and the engine offers them again.
    """
    if command is None:
        return _failure("not_sent", "no --message-command")
    try:
        done = subprocess.run(
            shlex.split(command), input=json.dumps(message).encode(), timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired:
        return _failure("unknown", "the message command took too long")
    except (OSError, ValueError) as error:
        return _failure("not_sent", f"{type(error).__name__}: {error}")
    if done.returncode != 0:
        return _failure("not_sent", f"the message command ended with {done.returncode}")
    return {"response": {"status": 200}}


def _prepare(
    connection: http.client.HTTPConnection, request: dict[str, Any], url: urllib.parse.SplitResult
) -> bytes:
    """Buffers the request line and headers; nothing leaves before endheaders(). Returns the
    body.
    """
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    body: bytes = request.get("body", "").encode()
    names = {name.lower() for name, _ in request.get("headers", [])}
    connection.putrequest(
        request["method"], target, skip_host="host" in names, skip_accept_encoding=True
    )
    for name, value in request.get("headers", []):
        connection.putheader(name, value)
    if "content-length" not in names and (body or request["method"] != "GET"):
        connection.putheader("Content-Length", str(len(body)))
    return body


def _body(body: bytes) -> dict[str, str]:
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(body).decode()}


def _failure(kind: str, message: str) -> dict[str, Any]:
    return {"failure": {"kind": kind, "message": message[:500]}}


def turn(
    engine: Engine,
    *,
    budget_ms: int = 1000,
    timeout_s: float = 15.0,
    message_command: str | None = None,
) -> int:
    """Everything that is due now, once. Returns how many outgoing calls were sent."""
    engine.call("system.run_due", {"budget_ms": budget_ms}, HOST)
    sent = 0
    while calls := engine.call("outbox.pull", {}, HOST)["calls"]:
        for call in calls:
            if "message" in call:
                outcome = send_message(call["message"], message_command, timeout_s)
            else:
                outcome = send(call, timeout_s)
            engine.call("outbox.done", {"call_id": call["call_id"], **outcome}, HOST)
            sent += 1
    return sent


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="kameng-worker", description=__doc__.split("\n")[0])
    parser.add_argument("--config", type=Path, required=True, help="the shop's JSON configuration")
    parser.add_argument("--library", help="path of libkameng.so")
    parser.add_argument("--once", action="store_true", help="one turn, then end")
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between turns")
    parser.add_argument("--budget-ms", type=int, default=1000, help="of one turn's own jobs")
    parser.add_argument("--timeout", type=float, default=15.0, help="seconds for one outgoing call")
    parser.add_argument(
        "--message-command", help="program that sends a message; its JSON on standard input"
    )
    given = parser.parse_args(arguments)

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with Engine(given.config.read_text(), library=given.library) as engine:
            while not stop.is_set():
                try:
                    turn(
                        engine,
                        budget_ms=given.budget_ms,
                        timeout_s=given.timeout,
                        message_command=given.message_command,
                    )
                except KamengError as error:
                    # A busy or unreachable database passes; anything else needs a person.
                    print(f"kameng-worker: {error}", file=sys.stderr)
                    if given.once or error.retry == "never":
                        return 1
                if given.once:
                    break
                stop.wait(given.interval)
    except (KamengError, OSError, json.JSONDecodeError) as error:
        print(f"kameng-worker: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
