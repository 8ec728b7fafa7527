from __future__ import annotations

import os
import subprocess
import sys

from conftest import LIBRARY, ROOT


# Goal: the example in the documents runs and sells.
# Method: examples/python/trade.py as a person would start it.
def test_the_python_example_sells() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "bindings/python/src")}
    command = [sys.executable, str(ROOT / "examples/python/trade.py"), LIBRARY]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert ran.returncode == 0, ran.stderr
    assert "STAR-0001" in ran.stdout and "balanced: True" in ran.stdout
