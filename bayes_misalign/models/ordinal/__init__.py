"""The model `ordinal`."""
