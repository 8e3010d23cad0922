"""Shares and probabilities that sum to one."""
