"""What registers hold beside the core of a life, one topic a module; nothing here feeds back."""
