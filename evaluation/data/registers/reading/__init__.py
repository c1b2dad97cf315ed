"""Files of a delivery, whatever their format, as relations of text."""
