"""The model `clustered`."""
