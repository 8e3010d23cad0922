"""A posterior in words, figures, HTML, Markdown, JSON, CSV and terminal text."""
