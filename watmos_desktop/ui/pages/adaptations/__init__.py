"""Aids and adaptations: the list, one in full with its next step (R8)."""
