"""The models, a folder each; the registry loads them by name."""
