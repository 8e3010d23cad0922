"""Several problem areas in one study: how misaligned each is, and what they have to do with it."""
