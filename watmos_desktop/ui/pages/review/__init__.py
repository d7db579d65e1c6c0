"""The review of what two people changed at once, and of what the office holds back."""
