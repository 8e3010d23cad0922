"""Figures of a posterior as SVG, with a text that says in words what they show."""
