"""The model `endorsement`."""
