"""File formats, one file each: ``columns`` reads the header, ``read`` the rows."""
