"""The sections of a repair in full, one a file: ``build(desk, detail, go, parent) -> QWidget | None``."""
