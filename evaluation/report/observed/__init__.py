"""Points that figures need and no model gives: one file a kind, discovered by name."""
