"""The model `noisy-labels`."""
