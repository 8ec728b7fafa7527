"""Where the tests find the library and the package: ctest sets KAMENG_LIBRARY; by hand the dev
build is taken.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Iterator

import pytest

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "tests/data/bindings"
LIBRARY = os.environ.get("KAMENG_LIBRARY", str(ROOT / "build/dev/libkameng.so"))
sys.path.insert(0, str(ROOT / "bindings/python/src"))

from kameng import Engine  # noqa: E402


def configuration(folder: Path, path: str = ":memory:", **more: Any) -> dict[str, Any]:
    return {
        "storage": {"driver": "sqlite", "path": path},
        "vault": {"key_file": str(folder / "master.key"), "create": True},
        "providers": {"sandbox": {"enabled": True}},
        "allow_sandbox": True,
        "clock": {"manual_ms": 1790000000000},
        **more,
    }


@pytest.fixture
def config(tmp_path: Path) -> dict[str, Any]:
    return configuration(tmp_path)


@pytest.fixture
def engine(config: dict[str, Any]) -> Iterator[Engine]:
    with Engine(config, library=LIBRARY) as opened:  # type: ignore[arg-type]
        yield opened
