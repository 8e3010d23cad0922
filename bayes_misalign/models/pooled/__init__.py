"""The model `pooled`."""
