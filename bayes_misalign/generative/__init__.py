"""Generative models of goals and of conflict: the only room that writes PyMC."""
