"""``python -m evaluation``: the command without its script."""

from evaluation.cli import main

main()
