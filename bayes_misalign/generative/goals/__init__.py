"""Models of which goal each agent holds."""
