"""What can be done: plain functions and frozen dataclasses. No Qt, no HTTP framework."""
