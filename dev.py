#!/usr/bin/env python3
"""The one door for work on the project: ``python3 dev.py run | test | bench | shots | package | lock | clean``.

Only the standard library is used here, so that a fresh machine needs nothing but git and python3.
"""

from __future__ import annotations

import argparse
import ctypes.util
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
UV = BIN / ("uv.exe" if os.name == "nt" else "uv")
PIP: tuple[str | Path, ...] = (PYTHON, "-m", "pip", "--disable-pip-version-check")
DEMO = ROOT / ".demo"
PASSPHRASE = "demo landlord, nothing real"
PEOPLE = {"A": "M. Kaur", "B": "Helen Ward"}  # of the demo landlord: a caretaker and a manager
PORT = "8765"
OUT = ROOT / "out"
LOCKS = {
    "main": ROOT / "requirements.lock",
    "bench": ROOT / "bench" / "requirements.lock",
    "peers": ROOT / "bench" / "peers" / "requirements.lock",
    "package": ROOT / "packaging" / "requirements.lock",
}

# The libraries that Qt opens at run time and the Debian packages that hold them (docs/decisions/0002).
QT_OFFSCREEN = {
    "glib-2.0": "libglib2.0-0",
    "GL": "libgl1",
    "EGL": "libegl1",
    "xkbcommon": "libxkbcommon0",
    "freetype": "libfreetype6",
    "fontconfig": "libfontconfig1",
    "dbus-1": "libdbus-1-3",
}
QT_WINDOW = {
    "xkbcommon-x11": "libxkbcommon-x11-0",
    "xcb-cursor": "libxcb-cursor0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-keysyms": "libxcb-keysyms1",
    "xcb-shape": "libxcb-shape0",
}


def say(text: str) -> None:
    """Print one line at once, so that it stands before the output of what is started next."""
    print(text, flush=True)


def run(*command: str | Path, **env: str) -> int:
    """Run a command from the project's root and return its exit code."""
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME"}}
    environment.update(env)
    return subprocess.call([str(part) for part in command], cwd=ROOT, env=environment)


def must(*command: str | Path, **env: str) -> None:
    """Run a command and stop the program with its exit code when it fails."""
    if code := run(*command, **env):
        raise SystemExit(code)


def make_venv() -> None:
    """Make ``.venv``; where Debian ships python3 without ensurepip, fetch pip's packages by apt."""
    if PYTHON.exists():
        return
    say("Making .venv …")
    try:
        venv.create(VENV, with_pip=True)
    except (subprocess.CalledProcessError, SystemExit, ModuleNotFoundError):
        shutil.rmtree(VENV, ignore_errors=True)
        apt_install(["python3-venv"])
        must(sys.executable, "-m", "venv", VENV)


def apt_install(packages: list[str]) -> None:
    """Install Debian packages when this person may, else print the one line to run and stop."""
    line = "apt-get install -y --no-install-recommends " + " ".join(packages)
    if os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SystemExit(f"Some system packages are missing. Please run once:  sudo {line}")
    say("Installing system packages: " + " ".join(packages))
    must("apt-get", "update", "-qq", DEBIAN_FRONTEND="noninteractive")
    must(*line.split(), "-qq", DEBIAN_FRONTEND="noninteractive")


def install_lock(lock: Path) -> None:
    """Install a lock by uv, several times faster than pip; where uv cannot reach the registry as pip can, by pip."""
    if not UV.exists():
        must(*PIP, "install", "--quiet", "uv")
    certificates = os.environ.get("SSL_CERT_FILE") or os.environ.get("PIP_CERT")
    trust = {"SSL_CERT_FILE": certificates} if certificates else {}
    words = ("--require-hashes", "-r", lock)
    if run(UV, "pip", "install", "--quiet", "--python", PYTHON, "--compile-bytecode", *words, **trust):
        say("uv could not; trying pip, which takes longer …")
        must(*PIP, "install", "--quiet", *words)


def install(name: str = "main") -> None:
    """Install one hash-checked lock into ``.venv`` unless that very lock is installed already."""
    make_venv()
    lock = LOCKS[name]
    digest = hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = VENV / f"installed-{name}"
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return
    say(f"Installing {lock.relative_to(ROOT)} …")
    install_lock(lock)
    if name == "main":
        must(*PIP, "install", "--quiet", "--no-deps", "--no-build-isolation", "-e", ROOT)
    stamp.write_text(digest, encoding="ascii")


def need_system_libraries(*, window: bool) -> None:
    """Install what Qt needs from Debian; on other systems its wheels bring everything."""
    if not sys.platform.startswith("linux"):
        return
    wanted = QT_OFFSCREEN | (QT_WINDOW if window else {})
    missing = [package for library, package in wanted.items() if not ctypes.util.find_library(library)]
    if missing:
        apt_install(missing)


def has_display() -> bool:
    """Whether a window can be shown here."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def command_run(args: argparse.Namespace) -> int:
    """Open the program on the demo landlord, or do the main job offscreen where there is no display."""
    display = has_display() and not args.headless
    need_system_libraries(window=display)
    install()
    home = DEMO / (args.join or "workspace")
    env = {"WATMOS_HOME": str(home), "WATMOS_PASSPHRASE": PASSPHRASE}
    if args.join:
        join(args.join, home, env, args.port)
    elif not (home / "workspace.json").exists():
        say("Making the demo landlord …")
        must(PYTHON, "-m", "watmos_desktop", "demo", "--homes", "320", "--years", "1", "--home", home, **env)
    if display:
        return run(PYTHON, "-m", "watmos_desktop", **env)
    say("There is no display here, so the same job is done offscreen.")
    env["QT_QPA_PLATFORM"] = "offscreen"
    words: list[str | Path] = [
        "headless",
        "--out",
        OUT / (f"device {args.join}" if args.join else "headless"),
    ]
    if args.join == "B" and (DEMO / "A" / "workspace.json").exists():
        words += ["--other", DEMO / "A"]
    return run(PYTHON, "-m", "watmos_desktop", *words, **env)


def join(name: str, home: Path, env: dict[str, str], port: str) -> None:
    """Make the workspace of a demo person, joined to the demo office with a code that nobody has to type."""
    if (home / "workspace.json").exists():
        return
    if not (DEMO / "office").exists():
        raise SystemExit("Start the office first, in a terminal of its own:  python3 dev.py office")
    ask = [BIN / "watmos-office", "--home", DEMO / "office", "--json", "device", "code", PEOPLE[name]]
    code = json.loads(subprocess.check_output([str(part) for part in ask], cwd=ROOT))["code"]
    say(f"Joining the office as {PEOPLE[name]} …")
    watmos: tuple[str | Path, ...] = (PYTHON, "-m", "watmos_desktop")
    must(*watmos, "enrol", f"http://127.0.0.1:{port}", code, "--device", f"Laptop {name}", "--demo", **env)
    run(*watmos, "sync", **env)  # all of it before the window; whatever is left comes in the window


def command_office(args: argparse.Namespace) -> int:
    """Serve a demo office to the devices of this computer, until Ctrl+C."""
    need_system_libraries(window=False)
    install()
    home, new = DEMO / "office", DEMO / "office-new"
    if not home.exists():
        say("Making the demo office …")
        shutil.rmtree(new, ignore_errors=True)
        must(BIN / "watmos-office", "--home", new, "demo")
        new.rename(home)
    say("Its devices, each in a terminal of its own:  python3 dev.py run --join A  and then  … --join B")
    signal.signal(signal.SIGINT, lambda _number, _frame: None)  # the office hears it too, and ends
    return run(BIN / "watmos-office", "--home", home, "serve", "--port", args.port)


def command_test(args: argparse.Namespace) -> int:
    """Format, lint, types, import contracts, tests: all of it, or pytest alone with words of its own."""
    need_system_libraries(window=False)
    install()
    workers = args.workers or str(min(os.cpu_count() or 1, 8))
    pytest = [PYTHON, "-m", "pytest", "-n", workers, *args.words]
    steps: list[list[str | Path]] = [
        [BIN / "ruff", "format", "--check", "."],
        [BIN / "ruff", "check", "."],
        [BIN / "lint-imports"],
        [PYTHON, "-m", "mypy"],
        pytest,
    ]
    if args.words:
        steps = [pytest]
    failed = []
    for step in steps:
        say("· " + " ".join(Path(str(part)).name if i == 0 else str(part) for i, part in enumerate(step)))
        if run(*step, QT_QPA_PLATFORM="offscreen"):
            failed.append(Path(str(step[0])).name)
    if failed:
        say("Failed: " + ", ".join(failed))
    return 1 if failed else 0


def command_bench(args: argparse.Namespace) -> int:
    """Measure each job beside its floor in the same run."""
    need_system_libraries(window=False)
    install()
    install("bench")
    return run(PYTHON, "-m", "bench", *args.which, QT_QPA_PLATFORM="offscreen")


def command_faults(args: argparse.Namespace) -> int:
    """Kill, tear, fill and cut the power at every write of four workflows, over the real services."""
    install()
    return run(PYTHON, "-m", "tests.faults", *args.words)


def command_sim(args: argparse.Namespace) -> int:
    """Devices, an office and every mishap by a seed, with a ledger of every word: nothing lost, all alike."""
    install()
    return run(PYTHON, "-m", "tests.sim", *args.words)


def command_mutants(args: argparse.Namespace) -> int:
    """Break sync and the office in a copy, one way after the other: the tests have to notice each."""
    install()
    return run(PYTHON, "-m", "tests.mutants", *args.words)


def command_kill9(args: argparse.Namespace) -> int:
    """Kill the office, its workers, its database and three devices while they work, then compare the books."""
    install()
    return run(PYTHON, "-m", "tests.kill9", *args.words)


def command_attack(_: argparse.Namespace) -> int:
    """Everyone with a valid key tries every kind of attack on the office, on both databases."""
    install()
    return run(PYTHON, "-m", "tests.attack")


def command_herd(args: argparse.Namespace) -> int:
    """A thousand devices sync in the same second, and a person with little to send among them."""
    install()
    return run(PYTHON, "-m", "tests.herd", *args.words)


def command_shots(_: argparse.Namespace) -> int:
    """Screenshots of every page, theme and size."""
    need_system_libraries(window=False)
    install()
    return run(PYTHON, "-m", "tests.shots", OUT / "shots", QT_QPA_PLATFORM="offscreen")


def command_package(_: argparse.Namespace) -> int:
    """Build the onedir program and let it test itself."""
    need_system_libraries(window=False)
    install()
    install("package")
    build: list[str | Path] = ["-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    build += ["--distpath", ROOT / "dist", "--workpath", ROOT / "build", ROOT / "packaging" / "watmos.spec"]
    must(PYTHON, *build)
    program = ROOT / "dist" / "watmos" / ("watmos.exe" if os.name == "nt" else "watmos")
    return run(program, "self-test", QT_QPA_PLATFORM="offscreen")


def command_lock(_: argparse.Namespace) -> int:
    """Renew the lock files: hashes, every platform, no registry address."""
    install()
    common = ["--universal", "--python-version", "3.11", "--generate-hashes", "--upgrade", "--quiet"]
    common += ["--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate"]
    compile_: list[str | Path] = [UV, "pip", "compile", "pyproject.toml", *common]
    must(*compile_, "--extra", "office", "--extra", "s3", "--group", "test", "-o", LOCKS["main"])
    for name in ("bench", "package"):
        must(*compile_, "--group", name, "-c", LOCKS["main"], "-o", LOCKS[name])
    return 0


def command_clean(_: argparse.Namespace) -> int:
    """Remove everything that dev.py made."""
    for path in (VENV, DEMO, OUT, ROOT / "build", ROOT / "dist"):
        shutil.rmtree(path, ignore_errors=True)
    return 0


def main() -> int:
    """Read the words after ``dev.py`` and do what they say."""
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, function: object) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=(function.__doc__ or "").split("\n")[0])
        sub.set_defaults(function=function)
        return sub

    run_ = add("run", command_run)
    run_.add_argument("--headless", action="store_true", help="offscreen even with a display")
    run_.add_argument("--join", choices=sorted(PEOPLE), help="as a device of the demo office")
    office = add("office", command_office)
    for each in (run_, office):
        each.add_argument("--port", default=PORT, help=f"of the demo office ({PORT})")
    passing_on = {
        "test": (command_test, "words for pytest: runs the tests alone"),
        "faults": (command_faults, "--seed S, --runs N, --only W, --power P, --control C"),
        "sim": (command_sim, "--seed S, --steps N, --runs R, --seconds T, --story"),
        "mutants": (command_mutants, "parts of names (default: all), --no-control"),
        "kill9": (command_kill9, "--ops N, --kills K, --seed S, --database D"),
        "herd": (command_herd, "--devices N, --changes N, --jitter S, --database D, --costs"),
    }
    for name, (function, more) in passing_on.items():
        add(name, function).epilog = f"and: {more}"
    commands.choices["test"].add_argument(
        "--workers", help="how many processes run the tests (default: one a core)"
    )
    add("attack", command_attack)
    add("bench", command_bench).add_argument("which", nargs="*", help="names of benches (default: all)")
    add("shots", command_shots)
    add("package", command_package)
    add("lock", command_lock)
    add("clean", command_clean)
    args, words = parser.parse_known_args()
    args.words = words
    if args.words and args.function not in [function for function, _ in passing_on.values()]:
        parser.error(f"unrecognised: {' '.join(args.words)}")
    return int(args.function(args))


if __name__ == "__main__":
    raise SystemExit(main())
