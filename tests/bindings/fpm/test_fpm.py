"""The PHP package under a real php-fpm, with the ini lines that bindings/php/README.md gives.

Each test starts a master of its own in a temporary folder and speaks FastCGI to it, as a web server
would.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Iterator

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path[:0] = [str(HERE), str(HERE.parent / "python")]

from conftest import DATA, LIBRARY, configuration  # noqa: E402
from conversation import replay  # noqa: E402
from fastcgi import ask  # noqa: E402
from kameng import KamengError  # noqa: E402

PATH = "/usr/sbin:/usr/bin"
FPM = shutil.which("php-fpm8.2", path=PATH) or shutil.which("php-fpm", path=PATH) or ""
HOST = {"as": "host"}
PRELOAD = """
zend_extension=opcache
ffi.enable=preload
ffi.preload={folder}/kameng_ffi.h
opcache.enable=1
opcache.preload={folder}/preload.php
"""
ENABLE = "ffi.enable=true\n"
REQUIRE = "<?php require __DIR__ . '/php/preload.php';\n"
POOL = """
[global]
error_log = {folder}/fpm.log
daemonize = no
[shop]
listen = {folder}/fpm.sock
pm = static
pm.max_children = {workers}
catch_workers_output = yes
clear_env = yes
"""


class Fpm:
    """A php-fpm master with its workers, and everything it reads in one folder."""

    def __init__(self, folder: Path, ini: str, workers: int = 1, preload: str = REQUIRE) -> None:
        self.folder = folder
        shutil.copytree(ROOT / "bindings/php", folder / "php")
        shutil.copy(HERE / "app.php", folder)
        self.library = shutil.copy(LIBRARY, folder / "libkameng.so")
        command = ["php", str(folder / "php/bin/kameng-ffi-header"), str(self.library)]
        header = subprocess.run(command, check=True, capture_output=True).stdout
        (folder / "kameng_ffi.h").write_bytes(header)
        (folder / "preload.php").write_text(preload)
        (folder / "php.ini").write_text("extension=ffi\n" + ini.format(folder=folder))
        (folder / "fpm.conf").write_text(POOL.format(folder=folder, workers=workers))
        # php-fpm as root wants other users for its workers; a test that is run as root gives up
        # root first.
        user: dict[str, Any] = {}
        if os.geteuid() == 0:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, 65534, 65534)
            user = {"user": 65534, "group": 65534, "extra_groups": []}
        self._output = (folder / "output").open("wb")
        self._master = subprocess.Popen(
            [FPM, "-F", "-c", str(folder / "php.ini"), "-y", str(folder / "fpm.conf")],
            cwd=folder, env={"PHP_INI_SCAN_DIR": "", "PATH": "/usr/bin:/bin"},
            stdout=self._output, stderr=self._output, **user,
        )  # fmt: skip
        deadline = time.monotonic() + 20
        while not (folder / "fpm.sock").exists():
            assert self._master.poll() is None and time.monotonic() < deadline, self.log()
            time.sleep(0.02)

    def log(self) -> str:
        paths = (self.folder / "output", self.folder / "fpm.log")
        return "".join(path.read_text() for path in paths if path.exists())

    def ask(self, config: dict[str, Any], **asked: Any) -> dict[str, Any]:
        body = json.dumps({"config": config, **asked}).encode()
        answer, errors = ask(self.folder / "fpm.sock", self.folder / "app.php", body)
        assert answer.startswith(b"{"), (answer, errors, self.log())
        decoded: dict[str, Any] = json.loads(answer)
        return decoded

    def stop(self) -> None:
        self._master.send_signal(signal.SIGTERM)
        try:
            self._master.wait(20)
        finally:
            self._master.kill()
            self._master.wait()
            self._output.close()


class Shop:
    """An engine as conversation.replay wants it, of which every call is a request of its own."""

    def __init__(self, fpm: Fpm, config: dict[str, Any]) -> None:
        self.fpm, self.config = fpm, config
        self.pids: set[int] = set()

    def call(self, operation: str, request: Any = None, context: Any = None) -> Any:
        asked = {"call": operation, "request": request or {}, "context": context or {}}
        answer = self.fpm.ask(self.config, **asked)
        self.pids.add(answer["pid"])
        if "error" in answer:
            raise KamengError.from_document(answer)
        return answer["answer"]


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not pytest's: its folders are closed to the user whom php-fpm runs as.
    made = Path(tempfile.mkdtemp(prefix="kameng-fpm-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def start(folder: Path) -> Iterator[Any]:
    running: list[Fpm] = []

    def make(ini: str, **more: Any) -> Fpm:
        running.append(Fpm(folder, ini, **more))
        return running[-1]

    yield make
    for fpm in running:
        fpm.stop()


# Goal: a worker opens the engine once; later requests find it open, in microseconds, with what the
# first one wrote.
# Method: an engine in memory, which would be empty were it another; 1,000 openings in one request.
@pytest.mark.parametrize("ini", ["preload", "enable"])
def test_requests_of_a_worker_share_the_engine(start: Any, folder: Path, ini: str) -> None:
    fpm = start(PRELOAD if ini == "preload" else ENABLE)
    config = configuration(folder)
    library = {} if ini == "preload" else {"library": str(fpm.library)}
    category = {"call": "category.create", "request": {"name": "卡"}, "context": HOST}
    first = fpm.ask(config, **category, **library)
    assert "answer" in first, first
    again = [fpm.ask(config, call="category.list", **library) for _ in range(5)]
    assert {answer["pid"] for answer in again} == {first["pid"]}
    assert all(answer["answer"]["items"][0]["name"] == "卡" for answer in again)
    many = fpm.ask(config, opens=1000, **library)
    quickest = min(answer["first_us"] for answer in again)
    print(
        f"\n{ini}: first open {first['first_us']:.0f} us, at a later request {quickest:.0f} us, "
        f"re-open (median of 1,000) {many['median_us']:.1f} us"
    )
    assert many["median_us"] < 50


# Goal: the whole trade runs across requests of one worker.
# Method: the trade's conversation, each step a request, on an engine in memory.
def test_the_whole_trade_across_requests(start: Any, folder: Path) -> None:
    shop = Shop(start(PRELOAD), configuration(folder))
    assert replay(shop, DATA / "trade.json") > 0  # type: ignore[arg-type]
    assert len(shop.pids) == 1


# Goal: two workers sell from one file without selling a code twice.
# Method: 40 guests' orders for 30 codes from 4 threads at once, on 2 workers; paid by notices; all
# codes revealed.
def test_two_workers_sell_from_one_file(start: Any, folder: Path) -> None:
    shop = Shop(start(PRELOAD, workers=2), configuration(folder, str(folder / "shop.db")))
    category = shop.call("category.create", {"name": "c"}, HOST)["category_id"]
    sku = {"name": "s", "unit_price_micros": 1000000, "currency": "CNY"}
    goods = shop.call("goods.create", {"category_id": category, "name": "g", "skus": [sku]}, HOST)
    sku_id = goods["skus"][0]["sku_id"]
    codes = {f"CODE-{number:03}" for number in range(30)}
    shop.call("code.import", {"sku_id": sku_id, "content": "\n".join(codes)}, HOST)
    shop.call("goods.publish", {"goods_id": goods["goods_id"]}, HOST)
    sold: list[str] = []
    refused: list[str] = []
    faults: list[BaseException] = []

    def buy(buyer: int) -> None:
        request = {
            "lines": [{"sku_id": sku_id, "quantity": 1}],
            "contact": f"buyer{buyer}@example.com",
            "pay": {"provider": "sandbox"},
        }
        try:
            order = shop.call("order.place", request, {"ip": f"198.51.{buyer}.1"})
        except KamengError as error:
            refused.append(error.reason)
            return
        trade = {"out_trade_no": order["payment"]["out_trade_no"]}
        notice = shop.call("sandbox.pay", trade, HOST)
        shop.call("notice.receive", {"provider": "sandbox", **notice})
        opened = {"order_id": order["order_id"], "lookup_secret": order["lookup_secret"]}
        sold.extend(code["text"] for code in shop.call("code.reveal", opened)["codes"])

    def work(thread: int) -> None:
        try:
            for buyer in range(thread * 10, thread * 10 + 10):
                buy(buyer)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults
    assert sorted(sold) == sorted(codes)
    assert refused == ["stock.sold_out"] * 10
    assert len(shop.pids) == 2
    assert shop.call("system.verify", {}, HOST)["ok"]


# Goal: an engine that a preload script left open in the master is refused in the workers, by either
# name of the rule.
# Method: opcache.preload opens the shop's file; a worker opens the same file, and uses the handle
# the master got.
def test_an_engine_opened_at_preload_is_refused(start: Any, folder: Path) -> None:
    config = configuration(folder, str(folder / "shop.db"))
    (folder / "config.json").write_text(json.dumps(config))
    preload = (
        "<?php\nrequire __DIR__ . '/php/preload.php';\n"
        "$config = json_decode(file_get_contents(__DIR__ . '/config.json'), true);\n"
        "$config = json_encode($config + ['share' => true]);\n"
        "[$status, $handle] = Kameng\\Native::load()->open($config);\n"
        "file_put_contents(__DIR__ . '/handle', \"$status $handle\");\n"
    )
    fpm = start(PRELOAD, preload=preload)
    status, handle = (folder / "handle").read_text().split()
    assert status == "0"
    answer = fpm.ask(config, call="category.list")
    assert answer["error"]["status"] == "MISUSE", answer
    assert answer["error"]["reason"] == "engine.opened_before_fork"
    other = fpm.ask({**config, "share": False}, call="category.list")
    assert other["error"]["status"] == "MISUSE"
    assert other["error"]["reason"] == "engine.opened_before_fork"
    raw = fpm.ask(configuration(folder), handle=int(handle))
    assert json.loads(raw["raw"][1])["error"]["reason"] == "engine.used_after_fork"


# Goal: where php-fpm keeps FFI from the package, the error names the ini lines.
# Method: the default ini, and ffi.preload without opcache.preload.
@pytest.mark.parametrize("ini", ["", "ffi.enable=preload\nffi.preload={folder}/kameng_ffi.h\n"])
def test_missing_ini_lines_are_named(start: Any, folder: Path, ini: str) -> None:
    error = start(ini).ask(configuration(folder))["error"]
    assert error["status"] == "INCOMPATIBLE"
    for line in ("ffi.enable=preload", "ffi.preload=", "opcache.preload=", "ffi.enable=true"):
        assert line in error["message"], error


# Goal: the ini lines of the documents are the ones that are tested.
# Method: each line of PRELOAD is in the example, but for its folder.
def test_the_example_has_the_tested_lines() -> None:
    example = (ROOT / "examples/php-fpm/kameng.ini").read_text()
    for line in PRELOAD.split():
        name = line.split("=")[0]
        assert f"{name}=" in example
    for value in ("ffi.enable=preload", "/preload.php", "/kameng_ffi.h"):
        assert value in example
