"""The model `drawn-shares`."""
