"""The model `judged`."""
