#!/usr/bin/env python3
"""Header, export map and library name the same functions, and every convention has its test.

Usage: symbols_test.py SOURCE_FOLDER LIBRARY
"""
import pathlib
import re
import subprocess
import sys


def declared(header: str) -> set[str]:
    """The functions of kameng.h."""
    return set(re.findall(r"^KAMENG_API\b[^;(]*?\b(kameng_\w+)\(", header, re.MULTILINE))


def mapped(text: str) -> set[str]:
    """The global names of kameng.map."""
    names = re.search(r"global:(.*?)local:", text, re.DOTALL)
    return set(re.findall(r"(\w+);", names.group(1))) if names else set()


def exported(library: str) -> set[str]:
    """What the dynamic linker would find in the library."""
    output = subprocess.run(
        ["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True
    ).stdout
    names = {line.split()[-1].split("@")[0] for line in output.splitlines()}
    return {name for name in names if not name.startswith("KAMENG_")}  # the version nodes


def differences(a: set[str], in_a: str, b: set[str], in_b: str) -> list[str]:
    """What one of two lists lacks, as sentences."""
    faults = [f"{name} is in {in_a}, not in {in_b}" for name in sorted(a - b)]
    return faults + [f"{name} is in {in_b}, not in {in_a}" for name in sorted(b - a)]


def conventions_without_test(header: str, tests: pathlib.Path) -> list[str]:
    """The numbered sentences of the header's first comment that no test case names."""
    numbers = re.findall(r"^ \* {1,2}(\d+)\. ", header.split("*/")[0], re.MULTILINE)
    sources = "".join(path.read_text() for path in sorted(tests.glob("*.cpp")))
    if not numbers:
        return ["kameng.h has no numbered conventions"]
    return [
        f"convention {number} has no TEST_CASE in tests/capi"
        for number in numbers
        if f'TEST_CASE("convention {number}: ' not in sources
    ]


def main() -> int:
    """Prints every fault; 1 when there is one."""
    source, library = pathlib.Path(sys.argv[1]), sys.argv[2]
    header = (source / "capi/include/kameng.h").read_text()
    functions = declared(header)
    faults = [] if functions else ["kameng.h declares no function"]
    map_text = (source / "capi/kameng.map").read_text()
    faults += differences(functions, "kameng.h", mapped(map_text), "kameng.map")
    faults += differences(functions, "kameng.h", exported(library), "the library")
    faults += conventions_without_test(header, source / "tests/capi")
    print("\n".join(faults) or f"{len(functions)} functions agree")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
