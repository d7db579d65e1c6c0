"""How the tables came to be what they are: Alembic revisions, the newest named here so that opening needs no Alembic."""

HEAD = "0001"
