"""The model `encounters`."""
