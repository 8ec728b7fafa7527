from __future__ import annotations

import multiprocessing
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from conftest import LIBRARY, ROOT, configuration
from kameng import Engine, KamengError, _native

HOST = {"as": "host"}


# Goal: an error carries everything its document says, also through a process pool's pickling.
# Method: a request with a wrong field, then the pickled copy.
def test_an_error_carries_its_document(engine: Engine) -> None:
    with pytest.raises(KamengError) as caught:
        engine.call("category.create", {"name": 5}, {**HOST, "trace": "t-1"})
    error = caught.value
    assert (error.status, error.reason, error.field) == ("INVALID_ARGUMENT", "field.type", "name")
    assert (error.retry, error.trace) == ("never", "t-1")
    copy = pickle.loads(pickle.dumps(error))
    assert vars(copy) == vars(error) and str(copy) == str(error)


# Goal: the typed methods and the call by name are one door.
# Method: a category made by one is listed by the other.
def test_typed_methods_are_the_same_door(engine: Engine) -> None:
    made = engine.category.create({"name": "卡"}, {"as": "host"})
    listed = engine.call("category.list")
    assert [item["category_id"] for item in listed["items"]] == [made["category_id"]]


# Goal: a request is answered over the HTTP door, and only the host's faults raise.
# Method: a read, a path that is not there, an address that is none.
def test_http_requests_are_answered(engine: Engine) -> None:
    request = {"method": "POST", "target": "/v1/goods.list", "remote_ip": "192.0.2.1"}
    assert engine.http(request)["status"] == 200
    assert engine.http({**request, "target": "/nowhere"})["status"] == 404
    with pytest.raises(KamengError) as caught:
        engine.http({**request, "remote_ip": "me"})
    assert caught.value.reason == "http.remote_ip"


# Goal: a closed engine is MISUSE, and closing twice is not.
# Method: close, close, call.
def test_a_closed_engine_is_misuse(config: dict[str, Any]) -> None:
    engine = Engine(config, library=LIBRARY)  # type: ignore[arg-type]
    engine.close()
    engine.close()
    with pytest.raises(KamengError) as caught:
        engine.call("system.health", {}, HOST)
    assert caught.value.status == "MISUSE"


# Goal: a wrong configuration names its key.
# Method: an unknown key.
def test_a_wrong_configuration_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(KamengError) as caught:
        Engine({**config, "sharing": True}, library=LIBRARY)  # type: ignore[arg-type]
    assert (caught.value.status, caught.value.field) == ("INVALID_ARGUMENT", "sharing")


# Goal: numbers that JSON does not have never reach the engine.
# Method: NaN in a request.
def test_nan_is_not_a_document(engine: Engine) -> None:
    with pytest.raises(ValueError):
        engine.call("category.create", {"name": float("nan")}, HOST)


# Goal: one engine serves many threads, and no thread sees another's answer.
# Method: 8 threads make 25 categories each with names of their own and read back what they were
# answered.
def test_threads_share_an_engine(engine: Engine) -> None:
    made: dict[str, str] = {}
    faults: list[BaseException] = []

    def work(thread: int) -> None:
        try:
            for index in range(25):
                name = f"{thread}-{index}"
                made[name] = engine.category.create({"name": name}, {"as": "host"})["category_id"]
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    listed = engine.category.list({"limit": 200})["items"]
    assert {item["name"]: item["category_id"] for item in listed} == made
    assert len(made) == 200


# Goal: the library given by argument is the only one tried, and the error names it.
# Method: a path without a file, and a file that is no library.
def test_a_wrong_library_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "libkameng.so"
    broken.write_text("no library")
    for path in (tmp_path / "nowhere.so", broken):
        with pytest.raises(KamengError) as caught:
            _native.load(path)
        assert caught.value.reason == "library.not_found" and str(path) in caught.value.message
        assert caught.value.message.count(";") <= 1


# Goal: a library that is no kameng is refused with the function it lacks.
# Method: the C library.
def test_a_foreign_library_is_refused() -> None:
    with pytest.raises(KamengError) as caught:
        _native.load("libc.so.6")
    assert caught.value.reason == "library.too_old" and "kameng_open" in caught.value.message


# Goal: a library beside the package is found without an argument, and without one every tried place
# is named.
# Method: a copy of the package in a fresh folder, first alone, then with the library; another
# interpreter each time.
def test_the_library_beside_the_package_is_found(tmp_path: Path) -> None:
    copy = tmp_path / "kameng"
    subprocess.run(["cp", "-r", str(ROOT / "bindings/python/src/kameng"), str(copy)], check=True)
    program = (
        "import kameng, sys\n"
        "try: print(kameng._native.load().path)\n"
        "except kameng.KamengError as error: print(error.message)"
    )

    def run() -> str:
        ran = subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return ran.stdout.strip()

    if "library=" not in run():
        pytest.skip("kameng is installed on this system")
    assert str(copy / "libkameng.so") in run()
    (copy / "libkameng.so").symlink_to(LIBRARY)
    assert run() == str(copy / "libkameng.so")


# Goal: the description is the committed one's twin: same operations as the generated methods.
# Method: every operation has its method by noun and verb.
def test_every_operation_has_a_method(engine: Engine) -> None:
    for operation in engine.describe()["operations"]:
        noun, verb = operation["name"].split(".")
        assert hasattr(getattr(engine, noun), verb) or hasattr(getattr(engine, noun), f"{verb}_")


def _trade_in_child(config: dict[str, Any], answers: Any) -> None:
    with Engine(config, library=LIBRARY) as engine:  # type: ignore[arg-type]
        answers.put(engine.category.create({"name": "from a child"}, {"as": "host"}))


# Goal: spawned workers are simply other processes on the same file.
# Method: the parent keeps its engine open while a spawned child writes.
def test_a_spawned_process_opens_its_own(tmp_path: Path) -> None:
    config = configuration(tmp_path, str(tmp_path / "shop.db"))
    with Engine(config, library=LIBRARY) as engine:  # type: ignore[arg-type]
        spawn = multiprocessing.get_context("spawn")
        answers = spawn.Queue()
        child = spawn.Process(target=_trade_in_child, args=(config, answers))
        child.start()
        made = answers.get(timeout=20)
        child.join(60)
        assert child.exitcode == 0
        assert engine.category.list()["items"][0]["category_id"] == made["category_id"]
