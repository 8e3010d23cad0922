"""What the readers of all models share: labels, pairs, numbers, populations."""
