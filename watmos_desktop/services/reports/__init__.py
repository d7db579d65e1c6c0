"""One file a report: ``collect(session) -> data`` reads, ``render(data) -> bytes`` is pure."""
