from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

TYPING = ROOT / "tests/bindings/typing_tests"


def mypy(path: Path) -> subprocess.CompletedProcess[str]:
    options = ["--strict", "--cache-dir=/dev/null", "--show-error-codes"]
    command = ["mypy", *options, str(path)]
    environment = {"MYPYPATH": str(ROOT / "bindings/python/src"), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, capture_output=True, text=True, env=environment)


no_mypy = shutil.which("mypy", path="/usr/bin:/bin") is None
needs_mypy = pytest.mark.skipif(no_mypy, reason="no mypy")


# Goal: the package is typed, and a program that uses it rightly passes a strict type checker.
# Method: mypy --strict on the package, on a program that trades, and on the example.
@needs_mypy
def test_right_uses_pass_the_type_checker() -> None:
    package, example = ROOT / "bindings/python/src/kameng", ROOT / "examples/python/trade.py"
    for path in (package, TYPING / "right.py", example):
        ran = mypy(path)
        assert ran.returncode == 0, ran.stdout


# Goal: a wrong field, type, value or operation is an error of the host's own type check.
# Method: every line of wrong.py that is marked with an error code gets it, and no other line does.
@needs_mypy
def test_wrong_uses_fail_the_type_checker() -> None:
    lines = (TYPING / "wrong.py").read_text().splitlines()
    marked = [(number, line) for number, line in enumerate(lines, 1) if "# error: " in line]
    wanted = {(number, line.split("# error: ")[1]) for number, line in marked}
    found = set()
    for line in mypy(TYPING / "wrong.py").stdout.splitlines():
        if ": error: " in line:
            found.add((int(line.split(":")[1]), line.rsplit("[", 1)[1].rstrip("]")))
    assert wanted and found == wanted
