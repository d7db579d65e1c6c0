"""Unlocking the workspace, and making one."""
