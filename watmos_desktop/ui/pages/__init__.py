"""A folder a tab, the same file names in each: list, detail, form, columns."""
