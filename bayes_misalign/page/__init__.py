"""How one number, label, estimate or block is shown, whatever the face."""
