"""Observations whose probability is worked out from sufficient statistics."""
