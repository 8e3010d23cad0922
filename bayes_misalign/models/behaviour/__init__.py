"""The model `behaviour`."""
