"""The model `independent`."""
