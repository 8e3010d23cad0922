"""The model `spatial`."""
