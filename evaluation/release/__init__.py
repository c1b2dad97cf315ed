"""What is written: result files, manifest, summary, all at once."""
