"""What models of goals that agents state themselves have in common."""
