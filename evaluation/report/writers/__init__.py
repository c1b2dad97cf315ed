"""Tables as files: one format a module."""
