"""The model `ranked`."""
