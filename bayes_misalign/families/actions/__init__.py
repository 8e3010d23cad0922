"""What models share that see goals through what agents do."""
