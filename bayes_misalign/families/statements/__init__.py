"""Ranges and means that people state."""
