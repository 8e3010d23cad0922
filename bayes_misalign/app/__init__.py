"""A page on one's own machine: from a table to P(ma), its levels of conflict moved by hand."""
