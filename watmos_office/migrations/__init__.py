"""How the office's tables came to be: Alembic revisions, the newest named here so that a start needs no Alembic."""

HEAD = "0001"
