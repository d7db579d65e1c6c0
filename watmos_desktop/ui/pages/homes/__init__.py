"""Estates, blocks and homes."""
