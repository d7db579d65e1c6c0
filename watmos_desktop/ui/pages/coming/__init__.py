"""Tabs whose work is not built yet."""
