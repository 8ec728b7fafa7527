"""The fork rules, as a preforking server meets them: a master that forks workers, which answer
requests.
"""

from __future__ import annotations

import json
import os
import socket
import traceback
from pathlib import Path
from typing import Any, Callable

import pytest
from conftest import DATA, LIBRARY, configuration
from conversation import replay
from kameng import Engine, KamengError

HOST = {"as": "host"}
Handler = Callable[[], dict[str, Any]]


class Prefork:
    """A listening socket and forked workers; each worker answers one request a connection until it
    is told to end.
    """

    def __init__(self, workers: int, handler: Handler) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = self._listener.getsockname()
        self._children = [self._fork(handler) for _ in range(workers)]

    def _fork(self, handler: Handler) -> int:
        child = os.fork()
        if child == 0:
            try:
                self._serve(handler)
            finally:
                os._exit(0)
        return child

    def _serve(self, handler: Handler) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection, connection.makefile("rw") as stream:
                if stream.readline() == "end\n":
                    return
                try:
                    answer = handler()
                except KamengError as error:
                    answer = {"status": error.status, "reason": error.reason}
                except BaseException:
                    answer = {"fault": traceback.format_exc()}
                stream.write(json.dumps({**answer, "pid": os.getpid()}))

    def ask(self, line: str = "go") -> Any:
        with socket.create_connection(self.address, timeout=60) as connection:
            connection.sendall(f"{line}\n".encode())
            connection.shutdown(socket.SHUT_WR)
            text = b"".join(iter(lambda: connection.recv(65536), b""))
        return json.loads(text) if text else None

    def __enter__(self) -> Prefork:
        return self

    def __exit__(self, *_: Any) -> None:
        for _child in self._children:
            self.ask("end")
        self._listener.close()
        for child in self._children:
            assert os.waitpid(child, 0)[1] == 0


# Goal: an engine that the master opened is MISUSE in its workers, and closing it there harms
# nobody.
# Method: workers use and close the inherited engine; the master trades on before and after.
def test_an_inherited_engine_is_misuse(tmp_path: Path) -> None:
    config = configuration(tmp_path, str(tmp_path / "shop.db"))
    with Engine(config, library=LIBRARY) as engine:  # type: ignore[arg-type]
        engine.category.create({"name": "before"}, {"as": "host"})

        def use() -> dict[str, Any]:
            try:
                return engine.call("category.list")
            finally:
                Engine.close(engine)
                engine._engine = 0

        with Prefork(1, use) as server:
            answer = server.ask()
            assert (answer["status"], answer["reason"]) == ("MISUSE", "engine.used_after_fork")
        engine.category.create({"name": "after"}, {"as": "host"})
        assert len(engine.category.list()["items"]) == 2


# Goal: a file that was open at the fork cannot be opened in the child, which would inherit SQLite's
# lock table without its locks; neither while the master has it open nor by another spelling of its
# path.
# Method: workers open the same file, plainly and through a symbolic link.
@pytest.mark.parametrize("linked", [False, True])
def test_a_file_opened_before_the_fork_is_misuse(tmp_path: Path, linked: bool) -> None:
    path = tmp_path / "shop.db"
    other = tmp_path / "linked.db"
    with Engine(configuration(tmp_path, str(path)), library=LIBRARY):  # type: ignore[arg-type]
        other.symlink_to(path)

        def reopen() -> dict[str, Any]:
            config = configuration(tmp_path, str(other if linked else path))
            with Engine(config, library=LIBRARY) as again:  # type: ignore[arg-type]
                return again.call("category.list")

        with Prefork(1, reopen) as server:
            answer = server.ask()
            assert answer.get("reason") == "engine.opened_before_fork", answer
            assert answer["status"] == "MISUSE"


# Goal: workers trade on one file, each with its own engine, when the master has it not open: because
# it never had, or because it closed it before forking.
# Method: two workers, each opening at its first request; categories from both are seen by both.
@pytest.mark.parametrize("closed_before", [False, True])
def test_workers_of_a_clean_master_trade(tmp_path: Path, closed_before: bool) -> None:
    config = configuration(tmp_path, str(tmp_path / "shop.db"))
    engines: list[Engine] = []
    if closed_before:
        with Engine(config, library=LIBRARY) as engine:  # type: ignore[arg-type]
            engine.category.list()

    def trade() -> dict[str, Any]:
        if not engines:
            engines.append(Engine(config, library=LIBRARY))  # type: ignore[arg-type]
        engines[0].category.create({"name": f"of {os.getpid()}"}, {"as": "host"})
        listed = engines[0].category.list({"limit": 200})["items"]
        return {"names": [item["name"] for item in listed]}

    with Prefork(2, trade) as server:
        answers = [server.ask() for _ in range(20)]
    assert not [answer for answer in answers if "names" not in answer], answers
    last = max(answers, key=lambda answer: len(answer["names"]))
    assert len(last["names"]) == 20
    assert {f"of {answer['pid']}" for answer in answers} == set(last["names"])


# Goal: the whole trade runs in a forked worker.
# Method: the trade's conversation in memory, after the master has used an engine in memory of its
# own.
def test_the_whole_trade_in_a_forked_worker(tmp_path: Path) -> None:
    config = configuration(tmp_path)
    with Engine(config, library=LIBRARY) as engine:  # type: ignore[arg-type]
        engine.category.create({"name": "the master's"}, {"as": "host"})

        def trade() -> dict[str, Any]:
            with Engine(config, library=LIBRARY) as own:  # type: ignore[arg-type]
                return {"steps": replay(own, DATA / "trade.json")}

        with Prefork(1, trade) as server:
            assert server.ask().get("steps", 0) > 0
