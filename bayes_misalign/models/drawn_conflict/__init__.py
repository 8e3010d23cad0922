"""The model `drawn-conflict`."""
