"""Damp, mould and other hazards: what ends next, one case with its clocks side by side, and its papers."""
