"""From a study to its posterior: exact draws, NUTS, diagnostics, and the quantities of interest."""
