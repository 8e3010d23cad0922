"""Raters who score or judge: severities, scales, levels."""
