"""Goals by covariates of agents, and a population put together of its cells."""
