"""Reach the network: to public addresses alone, and no longer than one can wait."""
