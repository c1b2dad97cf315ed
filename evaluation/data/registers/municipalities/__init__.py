"""Municipality codes of any date, brought to codes that mean the same in every month."""
