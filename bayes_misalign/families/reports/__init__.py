"""Agents seen through reports that may be wrong: labels by raters, or what agents do."""
