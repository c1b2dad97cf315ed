"""The verbs of the command line, one file each; ``cli`` only declares them."""
