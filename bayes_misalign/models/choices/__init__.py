"""The model `choices`."""
