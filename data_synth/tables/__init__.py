"""The canonical register tables of simulated lives, one table a module."""
