from __future__ import annotations

from pathlib import Path

import pytest
from conftest import DATA
from conversation import replay
from kameng import Engine


# Goal: what a host can say and hears from Python is what the PHP tests hear.
# Method: replays every conversation file on an engine of its own.
@pytest.mark.parametrize("path", sorted(DATA.glob("*.json")), ids=lambda path: path.stem)
def test_conversation(engine: Engine, path: Path) -> None:
    assert replay(engine, path) > 0


# Goal: a replay can fail.
# Method: an answer that differs in one value, and an error that does not come.
@pytest.mark.parametrize(
    "step",
    [
        '{"call": "system.verify", "context": {"as": "host"}, "expect": {"ok": false}}',
        '{"call": "system.verify", "context": {"as": "host"}, "expect": {"nothing": 1}}',
        '{"call": "system.verify", "context": {"as": "host"}, "error": {"status": "NOT_FOUND"}}',
        '{"call": "system.verify", "error": {"status": "NOT_FOUND"}}',
    ],
)
def test_a_wrong_conversation_fails(engine: Engine, tmp_path: Path, step: str) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(f'{{"steps": [{step}]}}')
    with pytest.raises(AssertionError):
        replay(engine, path)
