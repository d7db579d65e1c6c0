"""Every fault at every operation of every workflow, each in a process of its own, forked from a warm one."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from os import write as write_to_pipe  # before a disk replaces it
from pathlib import Path

from tests.faults import workflows
from tests.faults.disk import Disk, Mode
from tests.faults.under import install
from tests.faults.workflows import Scene, Seen
from watmos_desktop.services import erasing, files, store, vault
from watmos_desktop.services.errors import Told

WORKFLOWS = ("photo", "sign", "backup", "restore")
CONTROLS = ("synchronous off", "folders not synced", "acknowledged early")


@dataclass(frozen=True)
class Fault:
    """One run: what goes wrong, where; ``again`` also cuts the power at that operation of the next opening."""

    workflow: str
    mode: Mode
    at: int
    seed: int = 0
    again: int = 0

    def __str__(self) -> str:
        twice = f", then power at {self.again} of the next opening" if self.again else ""
        return f"{self.workflow}: {self.mode} at {self.at}{twice} (seed {self.seed})"


@dataclass
class Result:
    """How many faults of which kind, and what went wrong."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    operations: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def runs(self) -> int:
        """How many faults were tried."""
        return sum(self.counts.values())

    def as_json(self) -> dict[str, object]:
        """For a test that runs the campaign as a program."""
        return {"runs": self.runs, "operations": self.operations, "wrong": self.wrong}

    def table(self) -> str:
        """A line for each workflow: how many faults of each kind."""
        lines = [f"{'':10}{'operations':>12}" + "".join(f"{mode:>10}" for mode in Mode)]
        for name, operations in self.operations.items():
            cells = "".join(f"{self.counts[name, mode]:>10,}" for mode in Mode)
            lines.append(f"{name:10}{operations:>12,}{cells}")
        return "\n".join(lines)


@dataclass(frozen=True)
class _Stage:
    """What every run needs: the scenes, and how each workflow ends without a fault."""

    scenes: dict[str, Scene]
    whole: dict[str, Seen]
    operations: dict[str, list[str]]
    folder: Path
    control: str


_stage: _Stage | None = None  # of this process: workers are forked with it


def run(
    *,
    workflows: Sequence[str] = WORKFLOWS,
    seed: int = 1,
    runs: int = 0,
    power: int = 4,
    control: str = "",
    workers: int = 1,
) -> Result:
    """Try every fault, or ``runs`` of them chosen by ``seed``; stops at the first wrong one of a control."""
    global _stage
    with _staged(workflows, control) as _stage:
        faults = list(_faults(_stage.operations, seed, power))
        if runs and runs < len(faults):
            faults = random.Random(seed).sample(faults, runs)
        result = Result(operations={name: len(names) for name, names in _stage.operations.items()})
        for fault, wrong in _run_all(faults, workers):
            result.counts[fault.workflow, fault.mode] += 1
            result.wrong += [f"{fault}: {words}" for words in wrong]
            if control and result.wrong:
                break
    return result


def _run_all(faults: list[Fault], workers: int) -> Iterator[tuple[Fault, list[str]]]:
    if workers == 1:
        yield from ((fault, _run(fault)) for fault in faults)
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context("fork")) as pool:
        yield from zip(faults, pool.map(_run, faults, chunksize=4), strict=True)


def _faults(operations: dict[str, list[str]], seed: int, power: int) -> Iterator[Fault]:
    chance = random.Random(seed)
    for workflow, names in operations.items():
        for at, name in enumerate(names, 1):
            yield Fault(workflow, Mode.KILL, at)
            yield Fault(workflow, Mode.REFUSED, at)
            if name == "write":
                yield Fault(workflow, Mode.TORN, at, seed)
            if name in ("write", "create", "mkdir"):
                yield Fault(workflow, Mode.FULL, at)
            for number in range(power):
                again = chance.randint(1, 6) if number == 0 else 0
                yield Fault(workflow, Mode.POWER, at, seed * 1000 + number, again)


@contextmanager
def _staged(names: Iterable[str], control: str) -> Iterator[_Stage]:
    folder = Path(tempfile.mkdtemp(prefix="watmos-faults-"))
    _derive_once()
    try:
        scenes = workflows.build(folder / "scenes")
        stage = _Stage({name: scenes[name] for name in names}, {}, {}, folder, control)
        for name, scene in stage.scenes.items():
            home = folder / f"whole {name}"
            shutil.copytree(scene.home, home)
            said = _forked(lambda name=name, home=home: _rehearse(stage, name, home))  # type: ignore[misc]
            assert said and not said[-1].startswith("!"), said
            stage.operations[name] = json.loads(said[-1])
            stage.whole[name], wrong = workflows.look(scene, home)
            assert not wrong, wrong
        yield stage
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _derive_once() -> None:
    """Argon2 takes 0.3 s by design; the same passphrase and salt are derived once in all these processes."""
    plain = vault._wrapping_key

    @cache
    def derived(passphrase: str, kdf: str) -> bytes:
        return plain(passphrase, json.loads(kdf))

    vault._wrapping_key = lambda passphrase, kdf: erasing.copied(derived(passphrase, json.dumps(kdf)))


def _rehearse(stage: _Stage, name: str, home: Path) -> list[str]:
    disk = Disk(home)
    install(disk)
    with ExitStack() as holding:
        for _, step in workflows.steps(name, stage.scenes[name], home, holding):
            step()
    return [json.dumps(disk.names)]


def _run(fault: Fault) -> list[str]:
    """One fault in a process of its own, then a look in another; gives what is wrong."""
    assert _stage is not None
    scene = _stage.scenes[fault.workflow]
    with tempfile.TemporaryDirectory(dir=_stage.folder) as folder:
        home = Path(folder) / "home"
        shutil.copytree(scene.home, home)
        said = _forked(lambda: _suffer(fault, scene, home))
        if fault.again:
            _forked(lambda: _open_again(fault, scene, home))
        return [
            *(words for words in said if words.startswith("!")),
            *_forked(lambda: _judge(fault, home, said)),
        ]


def _suffer(fault: Fault, scene: Scene, home: Path) -> list[str]:
    """Do the workflow on the failing disk. A step that is refused in words is asked for again when there is room."""
    assert _stage is not None
    _break(_stage.control)
    disk = Disk(home, fault.mode, fault.at, fault.seed)
    install(disk)
    holding = ExitStack()
    with suppress(Told):
        return _go_through(fault, scene, home, holding, disk)
    disk.room()  # it did not even open: it must now
    return _go_through(fault, scene, home, holding, disk)


def _go_through(fault: Fault, scene: Scene, home: Path, holding: ExitStack, disk: Disk) -> list[str]:
    assert _stage is not None
    with holding:
        for name, step in workflows.steps(fault.workflow, scene, home, holding):
            if _stage.control == "acknowledged early":
                _say(name)
            try:
                step()
            except Told:
                if not disk.failed:
                    raise
                disk.room()
                step()
            _say(name)
    return []


def _break(control: str) -> None:
    """Take a safety net away: the tests must notice."""
    if control == "synchronous off":
        pragmas = (pragma.replace("= FULL", "= OFF") for pragma in store._PRAGMAS)
        vars(store)["_PRAGMAS"] = tuple(pragmas)
    elif control == "folders not synced":
        files.sync_folder = lambda path: None


def _open_again(fault: Fault, scene: Scene, home: Path) -> list[str]:
    """The next opening loses its power too."""
    install(Disk(home, Mode.POWER, fault.again, fault.seed))
    workflows.look(scene, home)
    return []


def _judge(fault: Fault, home: Path, said: list[str]) -> list[str]:
    assert _stage is not None
    scene = _stage.scenes[fault.workflow]
    try:
        seen, wrong = workflows.look(scene, home)
    except Exception as error:  # whatever keeps it from opening is what this looks for
        return [f"! it does not open: {type(error).__name__}: {error}"]
    kept = "stored" not in said or workflows.has_photo(scene, home)
    wrong += workflows.judge(fault.workflow, seen, _stage.whole[fault.workflow], set(said), kept)
    return [f"! {words}" for words in wrong]


_pipe = -1


def _say(words: str) -> None:
    write_to_pipe(_pipe, words.encode() + b"\n")


def _forked(work: Callable[[], list[str]]) -> list[str]:
    """Do it in a fork of this process and give the lines that it said, and gave, before it ended or was killed."""
    global _pipe
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _pipe = writing
        try:
            for line in work():
                _say(line)
        except BaseException:  # the parent has to hear of it, whatever it is
            trace = traceback.format_exc().strip().splitlines()
            _say("! " + " | ".join([trace[-1], *trace[-5:-1]]))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        lines = pipe.read().decode().splitlines()
    os.waitpid(child, 0)
    return lines
