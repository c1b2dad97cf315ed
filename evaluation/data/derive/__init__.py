"""Derived columns, one operation a file: ``[derive]`` names the file by ``op``."""
