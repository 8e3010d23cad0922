"""The model `experts`."""
