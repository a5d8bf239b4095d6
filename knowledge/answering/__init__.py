"""From ranked passages to an answer quoted letter for letter, or an honest refusal."""
