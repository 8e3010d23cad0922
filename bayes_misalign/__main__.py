"""`python -m bayes_misalign` is `bayes-misalign`."""

import gc


def main() -> None:
    """Run the command line."""
    # what is imported stays, and figures are drawn before so much is made: looking all of it
    # through again takes 4 % of a small study
    gc.set_threshold(300_000, 20, 20)
    from bayes_misalign.cli import main as run

    run()


if __name__ == "__main__":
    main()
