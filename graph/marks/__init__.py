"""What readers saw of charts, by which they are told what changed since."""
