"""_native.py - finds libkameng.so and gives its functions their types. Nothing here knows an
operation.

Buffers belong to one call: there is no module-level state that two threads could share but the
table of loaded libraries, and ctypes releases the interpreter lock while a call is inside the
library.
"""

from __future__ import annotations

import ctypes
import os
import threading
from pathlib import Path

from .error import KamengError

API_VERSION = 3
SYSTEM_NAMES = ("libkameng.so.0", "libkameng.so")

_handle = ctypes.c_uint64
_status = ctypes.c_int32
_handle_out = ctypes.POINTER(ctypes.c_uint64)

# name: (result, arguments). Documents travel as bytes with their size.
FUNCTIONS: dict[str, tuple[type | None, list[type]]] = {
    "kameng_open": (
        _status, [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p, _handle_out, _handle_out],
    ),
    "kameng_close": (_status, [_handle]),
    "kameng_call": (
        _status,
        [_handle, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p,
         ctypes.c_size_t, _handle_out],
    ),
    "kameng_http": (_status, [_handle, ctypes.c_char_p, ctypes.c_size_t, _handle_out]),
    "kameng_result_status": (_status, [_handle]),
    "kameng_result_json": (ctypes.c_void_p, [_handle]),
    "kameng_result_size": (ctypes.c_size_t, [_handle]),
    "kameng_result_free": (_status, [_handle]),
    "kameng_api_version": (ctypes.c_int32, []),
    "kameng_api_supports": (ctypes.c_int32, [ctypes.c_int32]),
    "kameng_version": (ctypes.c_char_p, []),
    "kameng_status_name": (ctypes.c_char_p, [_status]),
    "kameng_describe": (ctypes.c_char_p, []),
}  # fmt: skip


class Native:
    """The C functions of one loaded library, on bytes."""

    def __init__(self, library: ctypes.CDLL, path: str) -> None:
        self.path = path
        self._library = library
        for name, (result, arguments) in FUNCTIONS.items():
            try:
                function = getattr(library, name)
            except AttributeError:
                raise KamengError(
                    "INCOMPATIBLE", "library.too_old", f"{path} has no function {name}"
                ) from None
            function.restype = result
            function.argtypes = arguments
        if not library.kameng_api_supports(API_VERSION):
            raise KamengError(
                "INCOMPATIBLE",
                "library.incompatible",
                f"{path} speaks API version {library.kameng_api_version()}; this package needs "
                f"{API_VERSION}",
            )

    def open(self, config: bytes) -> tuple[int, int, bytes]:
        """(status, engine, document)"""
        engine = ctypes.c_uint64(0)
        result = ctypes.c_uint64(0)
        status = self._library.kameng_open(
            config, len(config), None, ctypes.byref(engine), ctypes.byref(result)
        )
        return status, engine.value, self._take(result.value)

    def call(
        self, engine: int, operation: bytes, context: bytes, request: bytes
    ) -> tuple[int, bytes]:
        """(status, document)"""
        result = ctypes.c_uint64(0)
        status = self._library.kameng_call(
            engine, operation, context, len(context), request, len(request), ctypes.byref(result)
        )
        return status, self._take(result.value)

    def http(self, engine: int, request: bytes) -> tuple[int, bytes]:
        """(status, document)"""
        result = ctypes.c_uint64(0)
        status = self._library.kameng_http(engine, request, len(request), ctypes.byref(result))
        return status, self._take(result.value)

    def close(self, engine: int) -> int:
        return int(self._library.kameng_close(engine))

    def describe(self) -> bytes:
        return bytes(self._library.kameng_describe())

    def version(self) -> str:
        return bytes(self._library.kameng_version()).decode()

    def status_name(self, status: int) -> str:
        return bytes(self._library.kameng_status_name(status)).decode()

    def _take(self, result: int) -> bytes:
        """The document of a result, which is freed. b"" when there is none: memory ran out."""
        if result == 0:
            return b""
        try:
            size = self._library.kameng_result_size(result)
            return ctypes.string_at(self._library.kameng_result_json(result), size)
        finally:
            self._library.kameng_result_free(result)


_loaded: dict[str, Native] = {}
_loaded_lock = threading.Lock()


def load(library: str | os.PathLike[str] | None = None) -> Native:
    """The library given; else the one beside the package; else the system's."""
    beside = Path(__file__).resolve().parent
    if library is not None:
        candidates = [os.fspath(library)]
    else:
        candidates = [str(beside / name) for name in SYSTEM_NAMES] + list(SYSTEM_NAMES)
    tried: list[str] = []
    with _loaded_lock:
        for path in candidates:
            if path in _loaded:
                return _loaded[path]
            if library is None and os.path.isabs(path) and not os.path.exists(path):
                tried.append(f"{path}: no such file")
                continue
            try:
                handle = ctypes.CDLL(path)
            except OSError as error:
                tried.append(f"{path}: {error}")
                continue
            _loaded[path] = Native(handle, path)
            return _loaded[path]
    raise KamengError(
        "INCOMPATIBLE",
        "library.not_found",
        "libkameng.so was not found; give its path as Engine(config, library=...). Tried "
        + "; ".join(tried),
    )
