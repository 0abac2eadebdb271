#!/usr/bin/env python3
"""Who may include whom: checks every C++ file against the table below (docs/architecture.md).

    tools/check_includes.py [--root DIR]   prints one line per violation; exit 1 when there is any

Layers only look down. A new folder gets a row; a row that has to grow upwards is a question for
the design, not for this file.
"""

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Rule:
    """What a folder's files may include; the folder itself is always allowed."""

    own: tuple[str, ...]  # Limen's folders and files, as written in an include; "*" is everything
    libraries: tuple[str, ...] = ("fmt",)  # third-party headers, by first component
    system: tuple[str, ...] = ("*",)  # headers of the C library and the kernel, such as "poll.h"


# What a back end (fs/*, net) may know: values and the interface that it implements.
BACK_END = ("limen/descriptor.hpp", "limen/errno.hpp", "limen/types.hpp", "limen/unique_fd.hpp",
            "limen/error.hpp", "limen/fs")

# What all back ends on host descriptors share: one errno switch, one stat, one set of fd calls.
HOST_CALLS = ("fs/host/errno.hpp", "fs/host/stat.hpp", "fs/host/fd_ops.hpp", "fs/host/stream.hpp")

# The longest match of the file's folder counts.
RULES = {
    # Installed. No engine, nothing internal.
    "include/limen": Rule(own=("limen",)),
    # From a row to a call: of the host only the kernel's iovec layout.
    "include/limen/abi": Rule(own=("limen",), system=("sys/uio.h",)),
    # What one guest owns.
    "src/core": Rule(own=("limen",)),
    # Handlers reach the host only through Descriptor, Directory and Call.
    "src/calls": Rule(own=("limen", "core"), system=("sched.h",)),
    "src/fs": Rule(own=BACK_END),
    "src/fs/stream": Rule(own=(*BACK_END, *HOST_CALLS)),
    "src/net": Rule(own=(*BACK_END, *HOST_CALLS)),
    # No handler knows that traces exist, and no trace knows a handler.
    "src/hooks": Rule(own=("limen/hook.hpp", "limen/trace.hpp", "limen/abi/row.hpp",
                           "limen/errno.hpp", "limen/types.hpp")),
    # From a spec to a run: the only place that sees calls and back ends at once.
    "src/run": Rule(own=("limen", "core", "calls/modules.hpp", "fs", "net")),
    "src/engines": Rule(own=("limen", "core", "run/backend.hpp", "calls/modules.hpp")),
    "src/engines/wasmtime": Rule(own=("limen", "core", "run/backend.hpp", "calls/modules.hpp"),
                                 libraries=("fmt", "wasmtime")),
    # Opens listeners itself, to tell the port before the guest starts.
    "src/cli": Rule(own=("limen", "calls/modules.hpp", "net/listen.hpp"),
                    libraries=("fmt", "CLI", "nlohmann")),
    "src/testing": Rule(own=("*",), libraries=("fmt", "gtest", "gmock", "nlohmann")),
    "guests": Rule(own=("limen", "testing"), libraries=("fmt", "gtest", "gmock", "nlohmann")),
    "tests": Rule(own=("*",), libraries=("fmt", "gtest", "gmock", "nlohmann", "rapidcheck")),
    "bench": Rule(own=("*",), libraries=("fmt", "benchmark", "wasmtime")),
    "fuzz": Rule(own=("*",)),
    "examples": Rule(own=("limen",)),
}

# Beside its folder's row, a test includes the fake guest and the test libraries.
TEST = Rule(own=("testing", "core", "calls", "fs", "net"),
            libraries=("gtest", "gmock", "nlohmann", "rapidcheck"))

# Third-party headers by how their includes begin. Anything else with `.h` is the system's.
LIBRARIES = {
    "fmt": ("fmt/",),
    "CLI": ("CLI/",),
    "CLI": ("CLI/",),
    "nlohmann": ("nlohmann/",),
    "gtest": ("gtest/",),
    "gmock": ("gmock/",),
    "rapidcheck": ("rapidcheck.h", "rapidcheck/"),
    "benchmark": ("benchmark/",),
    "wasmtime": ("wasmtime.h", "wasmtime/", "wasm.h", "wasi.h"),
}

# Macros that have to be: name -> the one file that defines it.
MACROS = {
    "MODULE_OR_SKIP": "guests/streams_test.cpp",  # GTEST_SKIP works in the test's own body only
}

FOLDERS = ("include", "src", "guests", "tests", "bench", "fuzz", "examples")
SUFFIXES = {".hpp", ".cpp"}  # C is for guests: programs of somebody else
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
DEFINE = re.compile(r"^\s*#\s*define\s+(\w+)")


def rule_of(path: str) -> tuple[str, Rule] | None:
    matches = [folder for folder in RULES if path.startswith(folder + "/")]
    return (folder := max(matches, key=len), RULES[folder]) if matches else None


def may(name: str, allowed: tuple[str, ...]) -> bool:
    return any(entry in ("*", name) or name.startswith(entry + "/") for entry in allowed)


def check_include(root: Path, path: str, rule: Rule, quoted: bool, name: str) -> str | None:
    """Why the include is not allowed; None when it is."""
    library = next((key for key, starts in LIBRARIES.items()
                    if any(name == s or (s.endswith("/") and name.startswith(s)) for s in starts)),
                   None)
    if library:
        return None if library in rule.libraries else f"must not use {library}"
    if quoted:
        beside = root / Path(path).parent / name
        if not path.startswith(("src/", "include/")) and beside.exists():
            return None  # programs beside the library may call their own files by name
        if not any((root / base / name).exists() for base in ("src", "include", ".")):
            return "not found below src/ or include/; name it from there"
        own = str(Path(path).parent).removeprefix("src/").removeprefix("include/")
        return None if may(name, (*rule.own, own)) else "is not below this folder (see RULES)"
    if name.endswith(".h") and not may(name, rule.system):
        return "is a system header; only " + (", ".join(rule.system) or "none") + " here"
    return None


def check_file(root: Path, path: str) -> list[str]:
    found = []
    matched = rule_of(path)
    if not matched:
        return [f"{path}:1: no row for its folder in RULES"]
    rule = matched[1]
    if path.endswith(("_test.cpp", "_test.hpp")):
        rule = Rule(own=(*rule.own, *TEST.own), libraries=(*rule.libraries, *TEST.libraries))
    lines = (root / path).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if match := INCLUDE.match(line):
            why = check_include(root, path, rule, match[1] == '"', match[2])
            if why:
                found.append(f"{path}:{number}: {match[2]} {why}")
        elif (match := DEFINE.match(line)) and MACROS.get(match[1]) != path:
            found.append(f"{path}:{number}: macro {match[1]}; can't a constant or template say it?")
    if path.endswith(".hpp"):
        code = [line for line in lines if line.strip() and not line.startswith("//")]
        if not code or code[0] != "#pragma once":
            found.append(f"{path}:1: the first line of code must be #pragma once")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root
    files = sorted(str(file.relative_to(root)) for folder in FOLDERS
                   for file in (root / folder).rglob("*") if file.suffix in SUFFIXES)
    found = [problem for path in files for problem in check_file(root, path)]
    print("\n".join(found) if found else f"{len(files)} files: every include is allowed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
