"""The verbs of the command line; every heavy import stands inside its verb."""
