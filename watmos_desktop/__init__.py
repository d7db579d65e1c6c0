"""WATMOS Desktop: the program with which estate teams keep the landlord's promises, with or without signal."""

__version__ = "0.1.0"
