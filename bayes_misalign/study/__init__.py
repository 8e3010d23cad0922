"""A study: evidence, models, priors and what to report, from Python or from study.toml."""
