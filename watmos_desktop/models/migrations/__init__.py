"""How the tables came to be: Alembic revisions, the newest named here so that opening needs no Alembic."""

HEAD = "0005"
