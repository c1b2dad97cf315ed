"""What is known of registers and of those who deliver them: names, kinds, temporality."""
