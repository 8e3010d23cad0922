"""How a study begins: what a table may hold, questions, a first study file, examples by name."""
