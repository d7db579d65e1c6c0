"""Sync with the office: the wire, the merge, and what a device sends and takes (docs/sync.md)."""
