"""What people read: rows, tables, figures, the one-file page."""
