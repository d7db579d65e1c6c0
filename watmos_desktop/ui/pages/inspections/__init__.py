"""Inspections: the list, one in full, the walk, signing, the report."""
