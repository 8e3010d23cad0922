"""`python -m bayes_misalign` is `bayes-misalign`."""

import gc
import sys


def main() -> None:
    """Run the command line."""
    # what is imported stays, and figures are drawn before so much is made: looking all of it
    # through again takes 4 % of a small study
    gc.set_threshold(300_000, 20, 20)
    try:
        from bayes_misalign.cli import main as run
    except KeyboardInterrupt:  # nothing has begun, so that there is nothing to say
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
