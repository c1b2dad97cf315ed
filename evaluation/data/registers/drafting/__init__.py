"""A mapping drafted from the names of files and columns, and from how texts are written."""
