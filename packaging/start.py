"""Where the packaged program starts."""

import multiprocessing

from watmos_desktop.cli import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    raise SystemExit(main())
