"""The lives of persons: residence, school, work, benefits and social assistance, month by month."""
