"""Choices of the person who uses this workspace."""
