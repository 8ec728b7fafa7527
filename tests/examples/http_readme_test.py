#!/usr/bin/env python3
"""http_readme_test.py - the commands of examples/http_gateway/README.md, as they are printed.

    http_readme_test.py BUILD

Goal: each of the three servers starts by its printed command and answers the printed request.
Method: the README's shell blocks are taken out and run by sh, each server in a folder of its own that has
this build where the README has build/release; of the text only the port is another, because 8080 may be
taken here. A server that is not built on this machine, or has no interpreter, is left out and said so.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def printed_blocks() -> list[str]:
    text = (ROOT / "examples/http_gateway/README.md").read_text(encoding="utf-8")
    return re.findall(r"```sh\n(.*?)```", text, re.DOTALL)


def commands() -> tuple[str, list[str], str]:
    """What makes the configuration, what starts each server, and the request."""
    first, request = printed_blocks()
    config, *servers = first.strip().split("\n\n")
    assert len(servers) == 3, servers
    return config, servers, request


def is_here(server: str, build: Path) -> bool:
    if "kameng_http_server" in server:
        return (build / "examples/kameng_http_server").exists()
    return "php " not in server or shutil.which("php") is not None


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, "the server ended"
        time.sleep(0.05)
    raise AssertionError("nobody listens")


def try_server(config: str, server: str, request: str, build: Path) -> None:
    port = str(free_port())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "build").mkdir()
        (folder / "build/release").symlink_to(build)
        for part in ("bindings", "examples"):
            (folder / part).symlink_to(ROOT / part)
        subprocess.run(["sh", "-ec", config], cwd=folder, check=True)
        process = subprocess.Popen(["sh", "-ec", server.replace("8080", port)], cwd=folder,
                                   start_new_session=True, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            wait_for(int(port), process)
            answer = subprocess.run(["sh", "-ec", request.replace("8080", port)], cwd=folder,
                                    check=True, capture_output=True, text=True).stdout
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
    assert json.loads(answer)["verification_id"].startswith("ver_"), answer


def main() -> int:
    build = Path(sys.argv[1]).resolve()
    config, servers, request = commands()
    tried = 0
    for server in servers:
        if is_here(server, build):
            try_server(config, server, request, build)
            tried += 1
        else:
            print("left out:", server.splitlines()[0])
    print(f"{tried} servers start as the README says, and answer")
    return 0 if tried else 1


if __name__ == "__main__":
    sys.exit(main())
