"""The model `fixed`."""
