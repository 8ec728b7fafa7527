"""conversation.py - replays a file of tests/data/bindings; its README says what the steps mean."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

from kameng import Engine, KamengError

NAME = re.compile(r"\$\{(\w+)\}")


def replay(engine: Engine, path: Path) -> int:
    """Returns how many steps ran; an AssertionError names the step that went another way."""
    steps = json.loads(path.read_text(encoding="utf-8"))["steps"]
    saved: dict[str, Any] = {}
    for number, step in enumerate(steps, start=1):
        where = f"{path.name} step {number} ({step['call']})"
        request = _filled(step.get("request", {}), saved, path.parent)
        context = _filled(step.get("context", {}), saved, path.parent)
        try:
            answer = engine.call(step["call"], request, context)
        except KamengError as error:
            assert "error" in step, f"{where}: {error}"
            found = {name: getattr(error, name) for name in step["error"]}
            assert found == step["error"], where
            continue
        assert "error" not in step, f"{where}: no error but {answer}"
        _compare(where, answer, _filled(step.get("expect", {}), saved, path.parent))
        for name, place in step.get("save", {}).items():
            saved[name] = _at(answer, place)
    return len(steps)


def _filled(value: Any, saved: dict[str, Any], folder: Path) -> Any:
    if isinstance(value, dict):
        if "$file" in value:
            return (folder / value["$file"]).read_bytes().decode("utf-8")
        if "$file_base64" in value:
            return base64.b64encode((folder / value["$file_base64"]).read_bytes()).decode()
        return {name: _filled(part, saved, folder) for name, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, saved, folder) for part in value]
    if isinstance(value, str):
        whole = NAME.fullmatch(value)
        return saved[whole[1]] if whole else NAME.sub(lambda found: str(saved[found[1]]), value)
    return value


def _compare(where: str, found: Any, wanted: Any) -> None:
    if isinstance(wanted, dict) and "$one_of" in wanted:
        assert found in wanted["$one_of"], f"{where}: {found!r}"
    elif isinstance(wanted, dict):
        assert isinstance(found, dict), f"{where}: {found!r}"
        for name, part in wanted.items():
            assert name in found, f"{where}: no {name} in {found}"
            _compare(f"{where} {name}", found[name], part)
    elif isinstance(wanted, list):
        assert isinstance(found, list) and len(found) == len(wanted), f"{where}: {found!r}"
        for index, part in enumerate(wanted):
            _compare(f"{where}[{index}]", found[index], part)
    else:
        assert found == wanted and isinstance(found, bool) == isinstance(wanted, bool), (
            f"{where}: {found!r} instead of {wanted!r}"
        )


def _at(answer: Any, place: str) -> Any:
    for part in place.split(".") if place else []:
        answer = answer[int(part)] if isinstance(answer, list) else answer[part]
    return answer
