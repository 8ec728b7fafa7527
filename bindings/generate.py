#!/usr/bin/env python3
"""generate.py - everything that follows from what the engine says of itself.

    bindings/generate.py --library build/release/libkameng.so           writes the files
    bindings/generate.py --library build/release/libkameng.so --check   fails, with a diff

The one source is kameng_describe() and, for the PHP declarations, capi/include/kameng.h. Every file
below is output; nothing in them is written by hand, and files of operations that are gone are
removed. Python's standard library only.
"""

from __future__ import annotations

import argparse
import ctypes
import difflib
import json
import sys
from pathlib import Path

from generator import c_header, markdown, php, python
from generator.model import Api

ROOT = Path(__file__).resolve().parent.parent


def describe(library: Path) -> str:
    loaded = ctypes.CDLL(str(library.resolve()))
    loaded.kameng_describe.restype = ctypes.c_char_p
    text = loaded.kameng_describe()
    return bytes(text).decode()


def openapi(library: Path) -> str:
    """What GET /v1/openapi.json answers, on an engine in memory."""
    loaded = ctypes.CDLL(str(library.resolve()))
    loaded.kameng_result_json.restype = ctypes.c_char_p
    loaded.kameng_result_json.argtypes = [ctypes.c_uint64]
    engine, result = ctypes.c_uint64(0), ctypes.c_uint64(0)
    config = b'{"storage":{"path":":memory:"}}'
    request = b'{"method":"GET","target":"/v1/openapi.json","remote_ip":"::1"}'
    size = ctypes.c_size_t
    loaded.kameng_open(config, size(len(config)), None, ctypes.byref(engine), None)
    loaded.kameng_http(engine, request, size(len(request)), ctypes.byref(result))
    answer = json.loads(loaded.kameng_result_json(result))
    loaded.kameng_result_free(result)
    loaded.kameng_close(engine)
    return json.dumps(json.loads(answer["body"]), indent=2, ensure_ascii=False) + "\n"


def outputs(document: dict) -> dict[str, str]:
    """Path below the root -> text."""
    api = Api.read(document)
    files = {
        "docs/api/operations.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n",
        "docs/CONFIG.md": markdown.config(api),
        "docs/api/README.md": markdown.index(api),
        "capi/include/kameng_operations.h": c_header.operations(api),
        "bindings/python/src/kameng/types.py": python.types(api),
        "bindings/python/src/kameng/_operations.py": python.operations(api),
        "bindings/php/src/Operations.php": php.operations(api),
        "bindings/php/kameng_ffi.h": php.declarations(
            (ROOT / "capi/include/kameng.h").read_text(encoding="utf-8")
        ),
    }
    for operation in api.operations:
        files[f"docs/api/{operation.name}.md"] = markdown.page(operation)
    return files


def stale_pages(files: dict[str, str]) -> list[Path]:
    pages = sorted((ROOT / "docs/api").glob("*.md"))
    return [page for page in pages if str(page.relative_to(ROOT)) not in files]


def check(files: dict[str, str]) -> int:
    """Prints how the tree differs from what would be written; returns how many files do."""
    differing = 0
    for path, wanted in sorted(files.items()):
        target = ROOT / path
        found = target.read_text(encoding="utf-8") if target.exists() else ""
        if found != wanted:
            differing += 1
            lines = [found.splitlines(), wanted.splitlines()]
            names = [path, f"{path} (generated)"]
            print("\n".join(difflib.unified_diff(*lines, *names, lineterm="", n=1)))
    for page in stale_pages(files):
        differing += 1
        print(f"{page.relative_to(ROOT)}: no such operation")
    return differing


def write(files: dict[str, str]) -> None:
    for path, text in sorted(files.items()):
        target = ROOT / path
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            print(path)
    for page in stale_pages(files):
        page.unlink()
        print(f"{page.relative_to(ROOT)} removed")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--library", type=Path, help="libkameng.so")
    source.add_argument("--describe", type=Path, help="a file with the text of kameng_describe()")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    given = parser.parse_args()

    text = describe(given.library) if given.library else given.describe.read_text(encoding="utf-8")
    files = outputs(json.loads(text))
    if given.library:
        files["docs/api/openapi.json"] = openapi(given.library)
    if not given.check:
        write(files)
        return 0
    differing = check(files)
    if differing:
        print(f"\n{differing} generated files are out of date: bindings/generate.py writes them")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
