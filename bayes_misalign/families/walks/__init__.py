"""Walks in time of what populations have in common."""
