"""A part of the herd in a process of its own: ``python -m tests.herd.part FILE``; starts when it is told a moment."""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
import time
from pathlib import Path
from typing import Any

from tests.herd.prepare import Enrolled
from tests.herd.speaker import Speaker


async def _run(speakers: list[Speaker], at: float, jitter: float, luck: random.Random) -> dict[str, Any]:
    async def one(speaker: Speaker) -> tuple[float, float]:
        # Within the same second; with jitter within so many.
        await asyncio.sleep(max(0.0, at + luck.random() * max(1.0, jitter) - time.time()))
        took = await speaker.sync()
        return took, time.time() - at

    done = await asyncio.gather(*(one(speaker) for speaker in speakers))
    return {
        "took": [took for took, _ in done],
        "ended": max(end for _, end in done),
        "requests": sum(one.tally.requests for one in speakers),
        "busy": sum(one.tally.busy for one in speakers),
        "rows": sum(one.tally.rows for one in speakers),
        "errors": [words for one in speakers for words in one.tally.errors],
        "cpu": time.process_time(),
    }


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Prepare everything, say ``ready``, wait for the moment, be the devices, say what they met with."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    said = json.loads(Path(sys.argv[1]).read_bytes())
    luck = random.Random(said["seed"])
    speakers = [
        Speaker(Enrolled(**one), said["port"], said["changes"], luck.getrandbits(32))
        for one in said["devices"]
    ]
    _say("ready")
    at = float(sys.stdin.readline())
    _say(json.dumps(asyncio.run(_run(speakers, at, said["jitter"], luck))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
