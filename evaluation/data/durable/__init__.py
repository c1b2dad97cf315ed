"""Folders and files replaced whole, by one process at a time, whenever a process is killed."""
