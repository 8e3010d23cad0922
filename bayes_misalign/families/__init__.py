"""What several models share and the core does not need."""
