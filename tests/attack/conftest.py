"""The PostgreSQL of the office's tests."""

from __future__ import annotations

from tests.office.conftest import postgresql

__all__ = ["postgresql"]
