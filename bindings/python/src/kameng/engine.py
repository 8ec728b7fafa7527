"""engine.py - one open engine.

The typed operations are generated into _operations.py; what is written here is opening, closing,
and the one way in that they all use.
"""

from __future__ import annotations

import json
import os
from types import TracebackType
from typing import Any, Mapping

from . import _native
from ._operations import Operations
from .error import KamengError
from .types import Config, Context


class Engine(Operations):
    """An engine, usable from any number of threads.

    Raises KamengError when it cannot be opened: config.*, storage.*, vault.* and engine.*
    (docs/CONFIG.md). In a child of fork() every call on an engine of the parent raises MISUSE; the
    child opens its own.
    """

    def __init__(
        self, config: Config | str, *, library: str | os.PathLike[str] | None = None
    ) -> None:
        self._engine = 0
        self._native = _native.load(library)
        super().__init__(self._run)
        text = config if isinstance(config, str) else _write(config)
        status, engine, document = self._native.open(text.encode())
        if status != 0:
            raise self._error(status, document)
        self._engine = engine

    def call(
        self,
        operation: str,
        request: Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """An operation by its name, for programs that learn the name at run time."""
        answer: dict[str, Any] = self._run(operation, request or {}, context or {})
        return answer

    def http(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answers one HTTP request: method, target, headers, body and remote_ip in; status,
        headers and body out (docs/GATEWAY.md). Raises for faults of the host's alone."""
        status, document = self._native.http(self._engine, _write(request).encode())
        if status != 0:
            raise self._error(status, document)
        answer: dict[str, Any] = json.loads(document)
        return answer

    def describe(self) -> dict[str, Any]:
        """Every operation with its fields and reasons, as docs/api/operations.json."""
        described: dict[str, Any] = json.loads(self._native.describe())
        return described

    @property
    def version(self) -> str:
        """The release of the library that was loaded."""
        return self._native.version()

    def close(self) -> None:
        """Waits for calls in flight. Closing twice does nothing; calls afterwards raise MISUSE."""
        engine, self._engine = self._engine, 0
        if engine:
            self._native.close(engine)

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_engine", 0):
            self.close()

    def _run(self, operation: str, request: Any, context: Context | Mapping[str, Any]) -> Any:
        status, document = self._native.call(
            self._engine, operation.encode(), _write(context).encode(), _write(request).encode()
        )
        if status != 0:
            raise self._error(status, document)
        return json.loads(document)

    def _error(self, status: int, document: bytes) -> KamengError:
        if not document:
            name = self._native.status_name(status)
            return KamengError(name, "library.no_document", "the library had no memory to say more")
        return KamengError.from_document(json.loads(document))


def _write(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
