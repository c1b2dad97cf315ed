"""What a world file may say, and how it is found and read."""
