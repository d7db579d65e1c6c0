"""``python -m watmos_desktop`` and the packaged program."""

from __future__ import annotations

import multiprocessing

from watmos_desktop.cli import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    raise SystemExit(main())
