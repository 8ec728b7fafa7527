#!/usr/bin/env python3
"""http_gateway_test.py - one conversation over HTTP with each server of examples/http_gateway.

    http_gateway_test.py python|php|cpp PROGRAM...

The servers run on a file; the host's side (stock, messages, the sandbox) opens the same file.

Goal: each server, under 80 lines, gives the whole API: register, verify, sign in, second factor,
order, pay, reveal, revoke; and answers what is no request of the API as HTTP wants it.
Method: a real server process, real sockets; each answer's status and document is compared. What is
called, where, with which body and whether with the token is read from the server's own OpenAPI document,
and each request and answer is held against its schema there.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import jsonschema
from kameng import Engine

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {"python": "server.py", "php": "server.php", "cpp": "server.cpp"}
HOST = {"as": "host"}
PASSWORD = "correct horse 9"


def app_code(secret: str, at: float) -> str:
    """What an authenticator app shows (RFC 6238)."""
    key = base64.b32decode(secret)
    mac = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    start = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[start:start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


class Api:
    """A client that knows nothing but the OpenAPI document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.resolver = jsonschema.RefResolver("", document)
        self.operations = {
            item["post"]["operationId"]: (path, item["post"])
            for path, item in document["paths"].items()
            if "operationId" in item.get("post", {})
        }

    def check(self, value: Any, content: dict[str, Any]) -> None:
        schema = content["application/json"]["schema"]
        jsonschema.Draft202012Validator(schema, resolver=self.resolver).validate(value)

    def answer_of(self, operation: str, status: int) -> dict[str, Any]:
        responses = self.operations[operation][1]["responses"]
        found = responses.get(str(status)) or responses["default"]
        if "$ref" in found:
            found = self.resolver.resolve(found["$ref"])[1]
        content: dict[str, Any] = found["content"]
        return content


class Browser:
    def __init__(self, port: int, api: Api | None = None) -> None:
        self.port = port
        self.api = api
        self.token: str | None = None

    def another(self) -> Browser:
        return Browser(self.port, self.api)

    def send(
        self, method: str, target: str, body: str | None = None, headers: Any = ()
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = dict(headers)
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        connection.request(method, target, body.encode() if body is not None else None, sent)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, content

    def post(self, operation: str, request: Any, status: int = 200, headers: Any = ()) -> Any:
        assert self.api
        path, described = self.api.operations[operation]
        self.api.check(request, described["requestBody"]["content"])
        sent = dict(headers)
        if self.token and {"token": []} in described["security"]:
            sent["Authorization"] = f"Bearer {self.token}"
        got, _, content = self.send("POST", path, json.dumps(request), sent)
        assert got == status, (operation, got, content)
        answer = json.loads(content)
        self.api.check(answer, self.api.answer_of(operation, status))
        return answer


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, "the server ended"
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the server does not listen")


def stock(host: Engine) -> str:
    category = host.call("category.create", {"name": "Game cards"}, HOST)["category_id"]
    sku = {"name": "100", "unit_price_micros": 10_000_000, "currency": "CNY"}
    goods = host.call(
        "goods.create", {"category_id": category, "name": "Star", "skus": [sku]}, HOST
    )
    host.call("goods.publish", {"goods_id": goods["goods_id"]}, HOST)
    sku_id: str = goods["skus"][0]["sku_id"]
    host.call("code.import", {"sku_id": sku_id, "content": "卡密-0001\n卡密-0002\n"}, HOST)
    return sku_id


def sent_code(host: Engine) -> str:
    calls = host.call("outbox.pull", {}, HOST)["calls"]
    assert [call["kind"] for call in calls] == ["message.send"], calls
    done = {"call_id": calls[0]["call_id"], "response": {"status": 200}}
    host.call("outbox.done", done, HOST)
    code: str = calls[0]["message"]["params"]["code"]
    return code


def converse(browser: Browser, host: Engine, sku_id: str) -> None:
    email = "li.na@example.com"
    begun = browser.post("verification.begin", {"email": email, "purpose": "register"})
    person = {"email": email, "password": PASSWORD, "verification_id": begun["verification_id"]}
    refused = browser.post("account.register", {**person, "code": "000000"}, 401)
    assert refused["error"]["reason"] == "verification.wrong"
    browser.post("account.register", {**person, "code": sent_code(host)})

    login = {"identifier": email, "password": PASSWORD}
    assert browser.post("account.login", {**login, "password": "wrong"}, 401)
    first = browser.post("account.login", login)
    browser.token = first["token"]
    secret = browser.post("factor.enroll", {})["secret"]
    now = time.time()
    assert len(browser.post("factor.confirm", {"code": app_code(secret, now)})["recovery_codes"]) == 10
    browser.token = None
    refused = browser.post("account.login", login, 401)
    assert refused["error"]["reason"] == "factor.code_required"
    second = browser.post("account.login", {**login, "factor_code": app_code(secret, now + 30)})
    browser.token = second["token"]

    order = {"lines": [{"sku_id": sku_id, "quantity": 1}]}
    key = {"Idempotency-Key": '"order-1"'}
    placed = browser.post("order.place", order, headers=key)
    assert browser.post("order.place", order, headers=key) == placed
    order_id = {"order_id": placed["order_id"]}
    payment = browser.post("payment.begin", {**order_id, "provider": "sandbox"})
    notice = host.call("sandbox.pay", {"out_trade_no": payment["out_trade_no"]}, HOST)
    status, _, _ = browser.another().send("POST", "/v1/notice/sandbox", notice["body"])
    assert status == 400, status  # not signed
    status, _, _ = browser.another().send(
        "POST", "/v1/notice/sandbox", notice["body"], notice["headers"]
    )
    assert status == 200, status
    browser.another().post("code.reveal", order_id, 404)
    assert browser.post("code.reveal", order_id)["codes"][0]["text"] == "卡密-0001"

    browser.post("session.revoke", {"session_id": first["session_id"]})
    old = browser.another()
    old.token = first["token"]
    assert old.post("account.get", {}, 401)["error"]["reason"] == "session.invalid"
    assert len(browser.post("session.list", {})["items"]) == 1
    browser.post("session.revoke_all", {"keep_current": False})
    browser.post("account.get", {}, 401)


def check_http(browser: Browser) -> None:
    assert browser.send("GET", "/v1/health")[0] == 401  # for operators
    status, headers, content = browser.send("HEAD", "/v1/openapi.json")
    assert (status, content) == (200, b""), (status, content)
    status, headers, content = browser.send("GET", "/v1/openapi.json")
    assert headers["content-type"].startswith("application/json"), headers
    assert json.loads(content)["openapi"] == "3.1.0"
    assert browser.send("GET", "/v1/openapi.json", headers={"If-None-Match": headers["etag"]})[0] == 304
    assert browser.send("GET", "/nothing")[0] == 404
    assert browser.send("PUT", "/v1/order.place", "{}")[0] == 405
    assert browser.send("POST", "/v1/order.list", "{}", {"Content-Type": "text/plain"})[0] == 415
    assert browser.send("POST", "/v1/order.list", "{")[0] in (400, 401)
    try:
        assert browser.send("POST", "/v1/order.list", "x" * 800_000)[0] == 413
    except ConnectionError:
        pass  # refused by its length, before all of it was sent


def main(kind: str, command: list[str]) -> None:
    source = ROOT / "examples" / "http_gateway" / SOURCES[kind]
    lines = source.read_text().count("\n")
    assert lines < 80, f"{source.name} has {lines} lines"
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        config = {
            "storage": {"path": f"{folder}/shop.db"},
            "vault": {"key_file": f"{folder}/shop.key", "create": True},
            "providers": {"sandbox": {"enabled": True}},
            "allow_sandbox": True,
            "limits": {"ip": {"per_minute": 1000, "burst": 1000}},
        }
        with Engine(config, library=os.environ["KAMENG_LIBRARY"]) as host:  # type: ignore[arg-type]
            sku_id = stock(host)
            file = Path(folder, "shop.json")
            file.write_text(json.dumps({**config, "share": kind == "php"}))
            command = [word.format(config=file, port=port) for word in command]
            process = subprocess.Popen(command, env={**os.environ, "KAMENG_CONFIG": str(file)})
            try:
                wait_for(port, process)
                _, _, document = Browser(port).send("GET", "/v1/openapi.json")
                api = Api(json.loads(document))
                converse(Browser(port, api), host, sku_id)
                check_http(Browser(port, api))
                assert host.call("system.verify", {}, HOST)["ok"]
            finally:
                process.terminate()
                process.wait(10)
    print(f"{kind}: {lines} lines, the whole conversation")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
