#!/usr/bin/env python3
"""clang-tidy on what changed, in parallel, with a line of progress for each file.

    tools/tidy.py --build build/release [--jobs N] [--all]

Changed is what differs from where the branch left origin/main, or from the parent commit, the
working tree included. A changed header is checked through the first file that includes it.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("include/", "src/", "guests/", "bench/", "fuzz/", "tests/")
# Settings that decide about every file.
EVERYTHING = {".clang-tidy", "tools/tidy.py"}
# Warning options of g++ that clang does not know are no finding.
EXTRA = ("--extra-arg=-Wno-unknown-warning-option",)


def git(*arguments: str) -> list[str] | None:
    result = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True,
                            check=False)
    return result.stdout.split("\n")[:-1] if result.returncode == 0 else None


def changed_files() -> set[str] | None:
    """None when there is nothing to compare with: then everything counts."""
    head = git("rev-parse", "HEAD")
    base = git("merge-base", "HEAD", "origin/main")
    if not base or base == head:
        base = git("rev-parse", "--verify", "HEAD~1")
    if not base:
        return None
    differing = git("diff", "--name-only", "--diff-filter=d", base[0]) or []
    return {*differing, *(git("ls-files", "--others", "--exclude-standard") or [])}


def includer(header: str, sources: list[str]) -> str | None:
    """The source that compiles a header: the one beside it, else the first that includes it."""
    beside = header.removesuffix(".hpp") + ".cpp"
    if beside in sources:
        return beside
    name = header.removeprefix("include/").removeprefix("src/")
    pattern = re.compile(rf'^\s*#\s*include "{re.escape(name)}"', re.MULTILINE)
    return next((s for s in sources if pattern.search((ROOT / s).read_text("utf-8"))), None)


def choose(sources: list[str], everything: bool) -> list[str]:
    changed = None if everything else changed_files()
    if changed is None or changed & EVERYTHING:
        return sources
    chosen = {file for file in changed if file in sources}
    for header in (file for file in changed if file.endswith(".hpp")):
        if source := includer(header, sources):
            chosen.add(source)
    return sorted(chosen)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    tidy = shutil.which("clang-tidy-19") or shutil.which("clang-tidy")
    if not tidy:
        print("clang-tidy is missing", file=sys.stderr)
        return 1

    commands = json.loads((options.build / "compile_commands.json").read_text("utf-8"))
    compiled = {Path(entry["directory"], entry["file"]).resolve() for entry in commands}
    sources = sorted(str(file.relative_to(ROOT)) for file in compiled
                     if file.is_relative_to(ROOT) and
                     str(file.relative_to(ROOT)).startswith(FOLDERS))
    chosen = choose(sources, options.all)

    def check(source: str) -> tuple[str, int, str]:
        result = subprocess.run([tidy, "-p", str(options.build), "--quiet", *EXTRA, source],
                                cwd=ROOT, capture_output=True, text=True, check=False)
        return source, result.returncode, result.stdout

    failed = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for number, (source, code, output) in enumerate(pool.map(check, chosen), start=1):
            print(f"[{number}/{len(chosen)}] {source}", flush=True)
            if code:
                failed += 1
                print(output, flush=True)
    print(f"clang-tidy: {len(chosen)} of {len(sources)} files checked, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
