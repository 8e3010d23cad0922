"""What every model offers, and the registry of the models there are."""
