"""`python -m bayes_misalign` is `bayes-misalign`."""

from bayes_misalign.cli import main

main()
