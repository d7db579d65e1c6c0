"""Planned and complex works: the list, one programme with its homes, answers and letters (R9)."""
