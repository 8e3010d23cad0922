"""What models of draws that were made elsewhere share."""
