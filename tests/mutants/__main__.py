"""Seeds each mutant in a copy of the source and asks the tests: ``python3 dev.py mutants [words of a name]``."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.mutants.mutants import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parents[2]
_NEEDED = ("watmos_desktop", "watmos_office", "tests", "resources", "pyproject.toml", "ARCHITECTURE.md")
_WRONG = 1  # pytest's word for tests that ran and failed; anything else is no verdict


def main() -> int:
    """Print a table; 1 when a mutant survives, cannot be seeded, or the tests are red without any."""
    parser = argparse.ArgumentParser(prog="dev.py mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="only mutants whose name holds one of these")
    parser.add_argument(
        "--no-control", action="store_true", help="do not run the tests without a mutant first"
    )
    args = parser.parse_args()
    chosen = [one for one in MUTANTS if not args.words or any(word in one.name for word in args.words)]
    top = Path(tempfile.mkdtemp(prefix="watmos-mutants-"))
    try:
        for name in _NEEDED:
            _copy(ROOT / name, top / name)
        if not args.no_control and not _control(top, chosen):
            return 1
        results = [_try(top, one) for one in chosen]
    finally:
        shutil.rmtree(top, ignore_errors=True)
    killed = results.count("killed")
    print(f"{killed} of {len(results)} mutants were killed.")
    return 0 if killed == len(results) else 1


def _copy(source: Path, to: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    elif source.exists():
        shutil.copy(source, to)


def _control(top: Path, chosen: list[Mutant]) -> bool:
    """Without a mutant all of these tests are green; else a kill would say nothing."""
    tests = sorted({test for one in chosen for test in one.tests})
    code, seconds, words = _run(top, tests)
    print(f"{'green' if code == 0 else 'RED':10}{seconds:6.0f} s  no mutant at all", flush=True)
    if code:
        print(words, file=sys.stderr)
    return code == 0


def _try(top: Path, mutant: Mutant) -> str:
    before = {top / file: (top / file).read_text(encoding="utf-8") for file, _, _ in mutant.changes}
    try:
        for file, old, new in mutant.changes:
            path = top / file
            text = path.read_text(encoding="utf-8")
            if text.count(old) != 1:
                print(
                    f"{'NO PATCH':10}{0:6.0f} s  {mutant.name}: {file} has it {text.count(old)} times",
                    flush=True,
                )
                return "no patch"
            path.write_text(text.replace(old, new), encoding="utf-8")
        code, seconds, words = _run(top, mutant.tests)
    finally:
        for path, text in before.items():
            path.write_text(text, encoding="utf-8")
    verdict = {0: "SURVIVED", _WRONG: "killed"}.get(code, "BROKEN")
    red = [line.split(" ")[1] for line in words.splitlines() if line.startswith("FAILED")]
    by = f" ({red[0].rpartition('::')[2]})" if red else ""
    print(f"{verdict:10}{seconds:6.0f} s  {mutant.name}{by}", flush=True)
    if verdict == "BROKEN":
        print(words, file=sys.stderr)
    return verdict


def _run(top: Path, tests: tuple[str, ...] | list[str]) -> tuple[int, float, str]:
    began = time.monotonic()
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-rfE", "--no-header", "-p", "no:cacheprovider"]
    command += ["-p", "no:randomly", "--tb=short", *tests]
    done = subprocess.run(
        command, cwd=top, env=environment, capture_output=True, text=True, timeout=900, check=False
    )
    return done.returncode, time.monotonic() - began, done.stdout[-3000:] + done.stderr[-1000:]


if __name__ == "__main__":
    raise SystemExit(main())
