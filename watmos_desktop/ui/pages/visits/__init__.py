"""The Visits tab: who is due and why, and the week as it is planned."""
