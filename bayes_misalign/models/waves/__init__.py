"""The model `waves`."""
