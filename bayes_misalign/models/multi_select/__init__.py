"""The model `multi-select`."""
