"""From any table or file to validated, frozen sufficient statistics."""
