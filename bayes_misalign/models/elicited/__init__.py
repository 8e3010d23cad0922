"""The model `elicited`."""
