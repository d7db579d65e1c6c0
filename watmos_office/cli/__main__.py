"""`python -m watmos_office.cli`: the same as `watmos-office`."""

from __future__ import annotations

import sys

from watmos_office.cli import main

sys.exit(main())
