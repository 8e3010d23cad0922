"""The model `published`."""
