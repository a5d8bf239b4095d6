"""What a person has added: read, kept, corrected, withdrawn; whole or not at all."""
