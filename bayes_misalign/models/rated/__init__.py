"""The model `rated`."""
