"""The model `mutually-exclusive`."""
