"""Repairs by what is due next."""
