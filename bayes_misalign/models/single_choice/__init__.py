"""The model `single-choice`."""
