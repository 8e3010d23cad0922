"""Models of how much two goals conflict."""
