#!/usr/bin/env python3
"""check_includes.py finds what it is there for: each sample breaks one rule, or none."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECKER = Path(__file__).with_name("check_includes.py")

# A small tree in which every include target exists.
TREE = {
    "include/limen/errno.hpp": "#pragma once\n#include <expected>\n",
    "include/limen/descriptor.hpp":
        '#pragma once\n#include <sys/uio.h>\n#include "limen/errno.hpp"\n',
    "include/limen/abi/row.hpp": '#pragma once\n#include "limen/errno.hpp"\n',
    "include/limen/hook.hpp": "// why\n#pragma once\n",
    "src/core/process.hpp": "#pragma once\n",
    "src/calls/calls.hpp": '#pragma once\n#include "limen/abi/row.hpp"\n',
    "src/fs/host/file.hpp": '#pragma once\n#include "limen/descriptor.hpp"\n',
    "src/testing/fake_guest.hpp": "#pragma once\n#include <gtest/gtest.h>\n",
    "src/calls/fd_test.cpp": '#include <gtest/gtest.h>\n#include "testing/fake_guest.hpp"\n',
    "src/engines/wasmtime/link.cpp": '#include <wasmtime.h>\n#include "limen/abi/row.hpp"\n',
}

# (what is wrong, file, its text, what the message must hold)
BAD = [
    ("engine headers outside the engine", "src/core/a.cpp", "#include <wasmtime.h>", "wasmtime"),
    ("engine headers in an installed header", "include/limen/a.hpp",
     "#pragma once\n#include <wasmtime/engine.h>", "wasmtime"),
    ("a back end knows the calls", "src/fs/host/a.cpp", '#include "calls/calls.hpp"', "not below"),
    ("a back end knows the machinery", "src/net/a.cpp", '#include "limen/abi/row.hpp"',
     "not below"),
    ("a handler opens files itself", "src/calls/a.cpp", "#include <fcntl.h>", "system header"),
    ("a handler knows a back end", "src/calls/a.cpp", '#include "fs/host/file.hpp"', "not below"),
    ("a hook knows the calls", "src/hooks/a.cpp", '#include "calls/calls.hpp"', "not below"),
    ("the core knows an engine", "src/core/a.cpp", '#include "engines/wasmtime/link.cpp"',
     "not below"),
    ("an internal header gets installed", "include/limen/a.hpp",
     '#pragma once\n#include "core/process.hpp"', "not below"),
    ("a product file uses the test library", "src/core/a.cpp", "#include <gtest/gtest.h>", "gtest"),
    ("a header without #pragma once", "src/core/a.hpp", "int x;", "#pragma once"),
    ("a macro", "src/core/a.cpp", "#define TRY(x) x", "macro TRY"),
    ("a path relative to the file", "src/core/a.cpp", '#include "process.hpp"', "not found"),
    ("a folder that nobody described", "src/extra/a.cpp", "int x;", "no row"),
]


def run(files: dict[str, str]) -> subprocess.CompletedProcess:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            file = Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text + "\n", encoding="utf-8")
        return subprocess.run([sys.executable, CHECKER, "--root", folder], capture_output=True,
                              text=True, check=False)


class CheckIncludes(unittest.TestCase):
    def test_a_good_tree_is_clean(self):
        result = run(TREE)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)

    def test_each_violation_is_found_alone(self):
        for rule, file, text, message in BAD:
            with self.subTest(rule):
                result = run({**TREE, file: text})
                self.assertEqual(result.returncode, 1, result.stderr)
                lines = result.stdout.splitlines()
                self.assertEqual(len(lines), 1, result.stdout)
                self.assertTrue(lines[0].startswith(file + ":"), lines[0])
                self.assertIn(message, lines[0])


if __name__ == "__main__":
    unittest.main()
