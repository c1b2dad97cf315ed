"""Rules for what deliveries get wrong or leave open, one a file, each with a count."""
